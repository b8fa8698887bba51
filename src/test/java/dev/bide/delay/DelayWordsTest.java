package dev.bide.delay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every type of delay in words, with and without a time of day and a zone of its own. */
class DelayWordsTest {
    private static final Instant FROM = Instant.parse("2027-03-02T10:00:00Z");

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            'type':'period','amount':90,'unit':'minutes' | 90 minutes after the wait begins
            'type':'period','amount':1,'unit':'hours' | 1 hour after the wait begins
            'type':'period','amount':0,'unit':'seconds' | at once
            'type':'period','amount':1,'unit':'days' | 1 day (24 hours) after the wait begins
            'type':'period','amount':2,'unit':'weeks','timezone':'Asia/Tokyo' | 2 weeks (336 hours) after the wait begins
            'type':'period','amount':1,'unit':'days','at':'09:00' | the next day at 09:00, Europe/Berlin
            'type':'period','amount':3,'unit':'days','at':'09:00:30','timezone':'Asia/Tokyo' | 3 days later at 09:00:30, Asia/Tokyo
            'type':'period','amount':1,'unit':'weeks','at':'09:00' | 1 week later at 09:00, Europe/Berlin
            'type':'weekdays','days':['MONDAY'],'at':'09:00' | the first Monday at 09:00, Europe/Berlin
            'type':'weekdays','days':['WEDNESDAY','MONDAY'],'at':'09:00','timezone':'Asia/Tokyo' | the first Monday or Wednesday at 09:00, Asia/Tokyo
            'type':'weekdays','days':['MONDAY','WEDNESDAY','SUNDAY'],'at':'09:00' | the first Monday, Wednesday or Sunday at 09:00, Europe/Berlin
            'type':'weekdays','days':['SATURDAY','SUNDAY'],'at':'09:00' | the first Saturday or Sunday at 09:00, Europe/Berlin
            'type':'weekdays','days':['MONDAY','TUESDAY','WEDNESDAY','THURSDAY','FRIDAY'],'at':'09:00' | the first day from Monday to Friday at 09:00, Europe/Berlin
            'type':'weekdays','days':['TUESDAY','FRIDAY'] | when the first Tuesday or Friday begins, or at once on such a day, Europe/Berlin
            'type':'weekdays','days':['TUESDAY'],'timezone':'UTC' | when the first Tuesday begins, or at once on such a day, UTC
            'type':'date','date':'2027-03-09','at':'09:00' | 9 March 2027 at 09:00, Europe/Berlin; at once if that has passed
            'type':'date','date':'2027-03-09','at':'09:00','ifPast':'skip','timezone':'Asia/Tokyo' | 9 March 2027 at 09:00, Asia/Tokyo; skipped if that has passed
            'type':'date','date':'2027-03-09','ifPast':'reject' | when 9 March 2027 begins, or at once on that day, Europe/Berlin; refused if that has passed
            'type':'date','date':'--12-24','at':'09:00' | the next 24 December at 09:00, Europe/Berlin
            'type':'date','date':'--02-29','ifPast':'skip','timezone':'UTC' | when the next 29 February begins, or at once on that day, UTC
            """)
    void every_rule_in_words(String delay, String words) throws IOException {
        Delay read = new ObjectMapper().readValue("{" + delay.replace('\'', '"') + "}", Delay.class);

        assertThat(Explanation.of(read, FROM, ZoneId.of("Europe/Berlin")).rule())
                .isEqualTo(words);
    }
}
