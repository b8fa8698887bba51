package dev.bide.delay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.json.InvalidException;
import java.time.ZoneId;
import java.time.zone.ZoneRulesProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZoneNamesTest {

    @Test
    void every_name_of_the_time_zone_database_is_known() {
        assertThat(ZoneRulesProvider.getAvailableZoneIds())
                .contains("Europe/Berlin", "UTC", "Etc/GMT+5", "GMT", "EST5EDT")
                .allSatisfy(name -> assertThat(ZoneNames.parse(name)).isEqualTo(ZoneId.of(name)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+02:00",
                "-5",
                "Z",
                "z",
                "GMT+2",
                "UTC+02:00",
                "UT+1",
                "GMT+0:00",
                "europe/berlin",
                "CEST",
                "",
                " UTC",
                "Europe",
                "../UTC"
            })
    void offsets_and_other_spellings_are_refused(String name) {
        assertThatThrownBy(() -> ZoneNames.parse(name))
                .isInstanceOf(InvalidException.class)
                .hasMessageStartingWith("timezone must be the name of a time zone");
    }
}
