package dev.bide.http.answer;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import dev.bide.http.Health;
import java.util.Map;

/** {@code {"status":"UP",…}} */
record HealthAnswer(String status, @JsonAnyGetter Map<String, Object> details) {
    static HealthAnswer of(Health.Report report) {
        return new HealthAnswer(report.up() ? "UP" : "DOWN", report.details());
    }
}
