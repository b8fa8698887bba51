package dev.bide.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.workflow.Json;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.RunFilter;
import dev.bide.workflow.store.TimerFilter;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What an operation is to do, as nodes of several versions leave it to one another. */
class StoredRequestTest {
    private static final UUID ID = new UUID(1, 2);

    private final JsonColumns json = new JsonColumns(Json.mapper());

    @Test
    void comes_back_as_it_was() {
        TimerFilter filter = new TimerFilter(
                ID, null, null, Set.of(TimerStatus.DEAD, TimerStatus.PAUSED), null, null, "key", "example.com", -7L);
        RunFilter runs = new RunFilter(ID, Set.of(RunStatus.FAILED), null);
        Operation.Request request = new Operation.Request(filter, ID, null, null, null, runs, true, 10);

        assertThat(json.request(json.write(request))).isEqualTo(request);
    }

    @Test
    void of_the_version_before_is_read() {
        Operation.Request read = json.request("""
                {"filter":{"workflowId":null,"taskId":null,"runId":null,"status":"dead","dueFrom":null,"dueTo":null},
                 "upTo":"%s","delay":null,"dueAt":null,"version":null}""".formatted(ID));
        assertThat(read.filter().status()).containsExactly(TimerStatus.DEAD);
        assertThat(json.request("{\"filter\":{\"status\":null},\"upTo\":\"%s\"}".formatted(ID))
                        .filter())
                .isEqualTo(TimerFilter.ALL);
    }

    /** To pass over what is not known would change more than was asked for. */
    @Test
    void of_a_later_version_is_not_read_in_part() {
        assertThatThrownBy(() -> json.request("{\"filter\":{\"planet\":\"mars\"},\"upTo\":\"%s\"}".formatted(ID)))
                .isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> json.request("{\"filter\":{},\"upTo\":\"%s\",\"speed\":3}".formatted(ID)))
                .isInstanceOf(UncheckedIOException.class);
    }
}
