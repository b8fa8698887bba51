package dev.bide.persistence;

import static dev.bide.persistence.Samples.NOW;
import static dev.bide.persistence.Samples.id;
import static dev.bide.persistence.Samples.timer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.Action;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerSpec;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.OperationStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JdbiOperationStoreIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private final JdbiDatabase database = new JdbiDatabase(Jdbi.create(POSTGRES.dataSource()));

    @Test
    void gives_fewer_of_those_to_be_tried_again_where_they_are_large() {
        UUID operation = id();
        JsonText body = JsonText.parse("\"" + "x".repeat(1 << 20) + "\"");
        Collection<UUID> large = Stream.generate(() -> waiting(body)).limit(4).toList();
        UUID gone = id();
        in(operations -> {
            operations.addRest(operation, holders(large));
            operations.addRest(operation, holders(List.of(gone)));
            return true;
        });
        OperationStore.Rest first = in(operations -> operations.rest(operation, null, 500));
        assertThat(first.items()).hasSize(3);
        assertThat(first.last()).isFalse();
        OperationStore.Rest second =
                in(operations -> operations.rest(operation, first.items().get(2).id(), 500));
        assertThat(second.items())
                .hasSize(2)
                .contains(new KeyHolder(gone, null))
                .doesNotContainAnyElementsOf(first.items());
        assertThat(second.last()).isTrue();
        assertThat(this.<Boolean>in(operations -> operations.hasRest(operation)))
                .isTrue();
        in(operations -> {
            operations.removeRest(operation, ids(first));
            operations.removeRest(operation, ids(second));
            return true;
        });
        assertThat(this.<Boolean>in(operations -> operations.hasRest(operation)))
                .isFalse();
    }

    private static List<KeyHolder> holders(Collection<UUID> ids) {
        return ids.stream().map(id -> new KeyHolder(id, null)).toList();
    }

    private static List<UUID> ids(OperationStore.Rest rest) {
        return rest.items().stream().map(KeyHolder::id).toList();
    }

    private UUID waiting(JsonText body) {
        Timer sample = timer(null, NOW);
        TimerSpec spec = sample.spec();
        Action action = new Action("POST", "http://third.party/", Map.of(), body);
        Timer large = Timer.waiting(
                sample.id(),
                sample.dueAt(),
                NOW,
                sample.timezone(),
                new TimerSpec(spec.delay(), action, spec.retry(), spec.timeout(), null),
                null,
                null);
        database.inTransaction(session -> session.timers().insert(List.of(large)));
        return large.id();
    }

    private <T> T in(Function<OperationStore, T> work) {
        return database.inTransaction(session -> work.apply(session.operations()));
    }
}
