package dev.bide.delay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import dev.bide.json.InvalidException;
import dev.bide.testing.Delays;
import io.dropwizard.jackson.Jackson;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DelayJsonTest {

    /** The mapper of the service, which by itself would pass over unknown fields. */
    private static final ObjectMapper JSON = Jackson.newObjectMapper();

    private static Delay read(String json) throws Exception {
        return JSON.readValue(json.replace('\'', '"'), Delay.class);
    }

    private static String rewritten(String json) throws Exception {
        return JSON.writeValueAsString(read(json)).replace('"', '\'');
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'period','amount':90,'unit':'minutes'}",
                "{'type':'period','amount':0,'unit':'seconds'}",
                "{'type':'period','amount':1,'unit':'hours','timezone':'UTC'}",
                "{'type':'period','amount':3,'unit':'days','at':'09:00','timezone':'Europe/Berlin'}",
                "{'type':'period','amount':2,'unit':'weeks','at':'23:59:59'}",
                "{'type':'weekdays','days':['MONDAY','WEDNESDAY']}",
                "{'type':'weekdays','days':['SUNDAY'],'at':'00:00','timezone':'Etc/GMT+5'}",
                "{'type':'date','date':'2027-03-01'}",
                "{'type':'date','date':'2027-03-01','at':'09:00','ifPast':'skip','timezone':'America/New_York'}",
                "{'type':'date','date':'0001-01-01','ifPast':'fire'}",
                "{'type':'date','date':'9999-12-31','ifPast':'reject'}",
                "{'type':'date','date':'--12-24'}",
                "{'type':'date','date':'--02-29','at':'09:00','ifPast':'fire','timezone':'Asia/Kathmandu'}",
            })
    void canonical_json_is_written_as_it_was_read(String json) throws Exception {
        assertThat(rewritten(json)).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'unit':'days','amount':3,'type':'period'} | {'type':'period','amount':3,'unit':'days'}",
                "{'type':'weekdays','days':['SUNDAY','MONDAY']} | {'type':'weekdays','days':['MONDAY','SUNDAY']}",
                "{'type':'period','amount':3,'unit':'days','at':'09:00:00'} | {'type':'period','amount':3,'unit':'days','at':'09:00'}",
                "{'type':'period','amount':1.0,'unit':'days'} | {'type':'period','amount':1,'unit':'days'}",
                "{'type':'period','amount':1e0,'unit':'days'} | {'type':'period','amount':1,'unit':'days'}",
                "{'type':'period','amount':0.00,'unit':'days'} | {'type':'period','amount':0,'unit':'days'}",
                "{'type':'period','amount':1.5e3,'unit':'seconds'} | {'type':'period','amount':1500,'unit':'seconds'}",
                "{'type':'period','amount':1,'unit':'days','timezone':'EST'} | {'type':'period','amount':1,'unit':'days','timezone':'America/Panama'}",
                "{'type':'period','amount':1,'unit':'days','timezone':'HST'} | {'type':'period','amount':1,'unit':'days','timezone':'Pacific/Honolulu'}",
                "{'type':'period','amount':1,'unit':'days','timezone':'MST'} | {'type':'period','amount':1,'unit':'days','timezone':'America/Phoenix'}",
                "{'type':'period','amount':1,'unit':'days','timezone':'ROC'} | {'type':'period','amount':1,'unit':'days','timezone':'Asia/Taipei'}",
                "{'type':'date','date':'2027-03-01','at':null,'ifPast':null} | {'type':'date','date':'2027-03-01'}",
            })
    void any_other_spelling_is_written_canonically(String json, String canonical) throws Exception {
        assertThat(rewritten(json)).isEqualTo(canonical);
        assertThat(read(json)).isEqualTo(read(canonical));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "type | {}",
                "type | {'type':null}",
                "type | {'type':7}",
                "type | {'type':'Period','amount':1,'unit':'days'}",
                "type | {'type':'recurring'}",
                "amount | {'type':'period','unit':'days'}",
                "amount | {'type':'period','amount':null,'unit':'days'}",
                "amount | {'type':'period','amount':-1,'unit':'days'}",
                "amount | {'type':'period','amount':1.5,'unit':'days'}",
                "amount | {'type':'period','amount':1e400,'unit':'days'}",
                "amount | {'type':'period','amount':1e-9,'unit':'days'}",
                "amount | {'type':'period','amount':-1e999999999,'unit':'seconds'}",
                "amount | {'type':'period','amount':'90','unit':'minutes'}",
                "amount | {'type':'period','amount':true,'unit':'minutes'}",
                "amount | {'type':'period','amount':[1],'unit':'minutes'}",
                "amount | {'type':'period','amount':3654,'unit':'days'}",
                "amount | {'type':'period','amount':522,'unit':'weeks'}",
                "amount | {'type':'period','amount':315619201,'unit':'seconds'}",
                "amount | {'type':'period','amount':9223372036854775807,'unit':'weeks'}",
                "amount | {'type':'period','amount':9223372036854775808,'unit':'weeks'}",
                "amount | {'type':'period','amount':-9223372036854775809,'unit':'seconds'}",
                "amount | {'type':'period','amount':0,'unit':'days','at':'09:00'}",
                "unit | {'type':'period','amount':1}",
                "unit | {'type':'period','amount':1,'unit':'DAYS'}",
                "unit | {'type':'period','amount':1,'unit':'months'}",
                "unit | {'type':'period','amount':1,'unit':3}",
                "at | {'type':'period','amount':24,'unit':'hours','at':'09:00'}",
                "at | {'type':'period','amount':1,'unit':'days','at':'9:00'}",
                "at | {'type':'period','amount':1,'unit':'days','at':'24:00'}",
                "at | {'type':'period','amount':1,'unit':'days','at':'09:60'}",
                "at | {'type':'period','amount':1,'unit':'days','at':'09:00:60'}",
                "at | {'type':'period','amount':1,'unit':'days','at':'09:00:00.5'}",
                "at | {'type':'period','amount':1,'unit':'days','at':'09:00Z'}",
                "at | {'type':'period','amount':1,'unit':'days','at':'٠٩:٠٠'}",
                "at | {'type':'period','amount':1,'unit':'days','at':''}",
                "at | {'type':'period','amount':1,'unit':'days','at':900}",
                "days | {'type':'weekdays'}",
                "days | {'type':'weekdays','days':[]}",
                "days | {'type':'weekdays','days':'MONDAY'}",
                "days | {'type':'weekdays','days':['monday']}",
                "days | {'type':'weekdays','days':[1]}",
                "days | {'type':'weekdays','days':[null]}",
                "days | {'type':'weekdays','days':['FUNDAY']}",
                "days | {'type':'weekdays','days':['MONDAY','MONDAY']}",
                "at | {'type':'weekdays','days':['MONDAY'],'at':'noon'}",
                "date | {'type':'date'}",
                "date | {'type':'date','date':20270301}",
                "date | {'type':'date','date':''}",
                "date | {'type':'date','date':'2027-02-29'}",
                "date | {'type':'date','date':'2027-3-1'}",
                "date | {'type':'date','date':'2027-03-01T09:00'}",
                "date | {'type':'date','date':'+12027-03-01'}",
                "date | {'type':'date','date':'-0001-03-01'}",
                "date | {'type':'date','date':'--02-30'}",
                "date | {'type':'date','date':'--13-01'}",
                "date | {'type':'date','date':'12-24'}",
                "ifPast | {'type':'date','date':'2027-03-01','ifPast':'FIRE'}",
                "ifPast | {'type':'date','date':'2027-03-01','ifPast':false}",
                "ifPast | {'type':'period','amount':1,'unit':'days','ifPast':'fire'}",
                "timezone | {'type':'date','date':'2027-03-01','timezone':'+02:00'}",
                "timezone | {'type':'date','date':'2027-03-01','timezone':'Z'}",
                "timezone | {'type':'date','date':'2027-03-01','timezone':'GMT+2'}",
                "timezone | {'type':'date','date':'2027-03-01','timezone':'UTC+02:00'}",
                "timezone | {'type':'date','date':'2027-03-01','timezone':'europe/berlin'}",
                "timezone | {'type':'date','date':'2027-03-01','timezone':'Europe/Atlantis'}",
                "timezone | {'type':'date','date':'2027-03-01','timezone':'CEST'}",
                "timezone | {'type':'date','date':'2027-03-01','timezone':''}",
                "timezone | {'type':'date','date':'2027-03-01','timezone':' UTC'}",
                "timezone | {'type':'date','date':'2027-03-01','timezone':2}",
                "color | {'type':'date','date':'2027-03-01','color':'red'}",
                "date | {'type':'weekdays','days':['MONDAY'],'date':'2027-03-01'}",
                "Amount | {'type':'period','amount':1,'unit':'days','Amount':1}",
            })
    void a_bad_value_is_refused_by_the_name_of_its_field(String field, String json) {
        Throwable wrapped = catchThrowable(() -> read(json));

        assertThat(wrapped).isInstanceOf(ValueInstantiationException.class);
        assertThat(wrapped.getCause()).isInstanceOfSatisfying(InvalidException.class, invalid -> {
            assertThat(invalid.first().field()).isEqualTo(field);
            assertThat(invalid).hasMessageStartingWith(field + " ");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "'period'", "[]", "true", "''"})
    void what_is_no_object_is_no_delay(String json) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(JsonMappingException.class);
    }

    @Test
    void the_path_to_the_delay_is_kept_where_it_is_wrapped() {
        record Task(Delay delay) {}

        record Workflow(List<Task> tasks) {}

        assertThatThrownBy(() ->
                        JSON.readValue("{\"tasks\":[{\"delay\":{\"type\":\"weekdays\",\"days\":[]}}]}", Workflow.class))
                .isInstanceOfSatisfying(JsonMappingException.class, wrapped -> assertThat(
                                wrapped.getPath().stream().map(step -> step.getFieldName() + step.getIndex()))
                        .containsExactly("tasks-1", "null0", "delay-1"));
    }

    @Test
    void reading_is_as_strict_with_any_mapper() {
        ObjectMapper lenient = new ObjectMapper()
                .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
                .configure(DeserializationFeature.ACCEPT_FLOAT_AS_INT, true)
                .configure(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, true)
                .configure(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS, true);

        assertThatThrownBy(
                        () -> lenient.readValue("{\"type\":\"period\",\"amount\":1.5,\"unit\":\"days\"}", Delay.class))
                .hasRootCauseInstanceOf(InvalidException.class);
        assertThatThrownBy(() ->
                        lenient.readValue("{\"type\":\"period\",\"amount\":1,\"unit\":\"days\",\"x\":1}", Delay.class))
                .hasRootCauseInstanceOf(InvalidException.class);
    }

    @Test
    void big_integers_are_integers() {
        assertThat(Delays.of(Map.of("type", "period", "amount", java.math.BigInteger.TEN, "unit", "days")))
                .isEqualTo(new PeriodDelay(10, PeriodUnit.DAYS, null, null));
    }
}
