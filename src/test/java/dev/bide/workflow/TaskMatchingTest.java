package dev.bide.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.engine.EngineNode;
import dev.bide.json.FieldError;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TaskMatchingTest {
    private final List<Task> before =
            TaskMatching.tasks(List.of(), List.of(draft(null, "a"), draft(null, "b"), draft(null, "a")));

    @Test
    void a_task_stays_who_it_is_by_its_id_also_under_another_name() {
        UUID id = before.get(1).id();
        List<Task> after = TaskMatching.tasks(before, List.of(draft(id, "renamed")));
        assertThat(after)
                .extracting(Task::id, Task::name)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(id, "renamed"));
    }

    @Test
    void without_an_id_it_stays_who_it_is_by_its_name_in_order() {
        List<Task> after = TaskMatching.tasks(
                before, List.of(draft(null, "a"), draft(null, "new"), draft(null, "a"), draft(null, "a")));
        assertThat(after.get(0).id()).isEqualTo(before.get(0).id());
        assertThat(after.get(2).id()).isEqualTo(before.get(2).id());
        assertThat(before)
                .extracting(Task::id)
                .doesNotContain(after.get(1).id(), after.get(3).id());
    }

    @Test
    void an_id_is_not_given_away_to_a_name() {
        UUID first = before.get(0).id();
        List<Task> after = TaskMatching.tasks(before, List.of(draft(null, "a"), draft(first, "a")));
        assertThat(after).extracting(Task::id).containsExactly(before.get(2).id(), first);
    }

    @Test
    void an_unknown_id_or_one_that_stands_twice_is_refused() {
        assertThatThrownBy(() -> TaskMatching.tasks(before, List.of(draft(UUID.randomUUID(), "a"))))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.refusal().errors())
                                .extracting(FieldError::field)
                                .containsExactly("tasks[0].id"));
        UUID id = before.get(0).id();
        assertThatThrownBy(() -> TaskMatching.tasks(before, List.of(draft(id, "a"), draft(id, "b"))))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.refusal().errors())
                                .extracting(FieldError::field)
                                .containsExactly("tasks[1].id"));
    }

    private static TaskDraft draft(UUID id, String name) {
        return new TaskDraft(
                id,
                name,
                EngineNode.seconds(1),
                EngineNode.action("http://third.party/"),
                RetryPolicy.DEFAULT,
                Duration.ofSeconds(1));
    }
}
