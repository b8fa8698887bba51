package dev.bide.engine.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.bide.delivery.destination.HeldLanes;
import dev.bide.engine.EngineExtension;
import dev.bide.engine.EngineNode;
import dev.bide.testing.PostgresExtension;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a node that fires nothing, so that what was mended can be looked at. */
class RepairIT {
    @RegisterExtension
    static EngineExtension node =
            EngineExtension.api().forEachTest("timer, qrtz_triggers, qrtz_simple_triggers, qrtz_fired_triggers");

    private static final PostgresExtension POSTGRES = node.postgres();

    @Test
    void puts_back_a_trigger_in_error_for_as_long_again_as_it_is_late() {
        UUID id = overdue(600);
        state(id, "ERROR");
        repair(1);
        assertThat(state(id)).isEqualTo("WAITING");
        assertThat(node.secondsUntilItFires(id)).isCloseTo(600, within(30.0));
    }

    /** In another it would leak out of a paused destination. */
    @Test
    void makes_a_lost_trigger_anew_in_the_lane_of_its_destination() {
        UUID lost = overdue(600);
        UUID inError = overdue(600);
        String lane = "SELECT priority FROM qrtz_triggers WHERE trigger_name = ?";
        long before = POSTGRES.sql().number(lane, lost.toString());
        assertThat(before).isNotEqualTo(HeldLanes.NONE);
        deleteTrigger(lost);
        state(inError, "ERROR");
        repair(2);
        assertThat(POSTGRES.sql().number(lane, lost.toString())).isEqualTo(before);
        assertThat(POSTGRES.sql().number(lane, inError.toString())).isEqualTo(before);
    }

    /** A million may wait there, all overdue. */
    @Test
    void looks_at_no_triggers_of_a_paused_destination_until_it_is_resumed() {
        UUID lost = overdue(600);
        deleteTrigger(lost);
        node.engine.destinations().pause("127.0.0.1:9", null);
        repair(0);
        node.engine.destinations().resume("127.0.0.1:9");
        repair(1);
        assertThat(state(lost)).isEqualTo("WAITING");
    }

    @Test
    void frees_triggers_that_are_in_no_hands() {
        UUID acquired = overdue(600);
        UUID complete = overdue(600);
        state(acquired, "ACQUIRED");
        state(complete, "COMPLETE");
        sql("UPDATE qrtz_triggers SET next_fire_time = -1 WHERE trigger_name = ?", complete);
        repair(2);
        assertThat(state(acquired)).isEqualTo("WAITING");
        assertThat(state(complete)).isEqualTo("WAITING");
        assertThat(node.secondsUntilItFires(complete)).isCloseTo(-600, within(30.0));
    }

    @Test
    void makes_trigger_and_timer_agree_on_whether_they_are_paused() {
        UUID waiting = overdue(600);
        state(waiting, "PAUSED");
        UUID paused = create();
        node.engine.timers().pause(paused);
        state(paused, "WAITING");
        UUID withoutTrigger = create();
        node.engine.timers().pause(withoutTrigger);
        deleteTrigger(withoutTrigger);
        UUID inError = create();
        node.engine.timers().pause(inError);
        state(inError, "ERROR");
        repair(4);
        assertThat(state(waiting)).isEqualTo("WAITING");
        assertThat(state(paused)).isEqualTo("PAUSED");
        assertThat(state(withoutTrigger)).isEqualTo("PAUSED");
        assertThat(state(inError)).isEqualTo("PAUSED");
        node.engine.timers().resume(withoutTrigger);
    }

    @Test
    void leaves_what_is_all_right_alone() {
        create();
        node.engine.timers().pause(create());
        overdue(600);
        UUID fired = overdue(600);
        deleteTrigger(fired);
        inHand(fired, "EXECUTING");
        UUID acquired = overdue(600);
        state(acquired, "ACQUIRED");
        inHand(acquired, "ACQUIRED");
        UUID firedAndKept = overdue(600);
        state(firedAndKept, "COMPLETE");
        inHand(firedAndKept, "EXECUTING");
        UUID retriesSoon = overdue(600);
        deleteTrigger(retriesSoon);
        sql("UPDATE timer SET next_attempt_at = now() WHERE id = ?::uuid", retriesSoon);
        repair(0);
    }

    @Test
    void leaves_alone_what_is_settled_while_it_looks() throws Exception {
        UUID id = overdue(600);
        state(id, "ACQUIRED");
        try (var connection = POSTGRES.dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("UPDATE qrtz_triggers SET trigger_state = 'WAITING' WHERE trigger_name = '" + id + "'");
            CompletableFuture<Void> repair =
                    CompletableFuture.runAsync(() -> node.upkeep().repair());
            await().atMost(Duration.ofSeconds(20)).until(POSTGRES::somebodyWaitsForALock);
            connection.commit();
            repair.get(20, TimeUnit.SECONDS);
        }
        assertThat(node.repaired).hasValue(0);
    }

    private void repair(int expected) {
        node.upkeep().repair();
        assertThat(node.repaired).hasValue(expected);
        node.upkeep().repair();
        assertThat(node.repaired).as("once").hasValue(expected);
    }

    private UUID create() {
        return node.engine
                .timers()
                .create(EngineNode.timer(null, 3600, "http://127.0.0.1:9/"))
                .join()
                .value()
                .id();
    }

    private UUID overdue(int seconds) {
        UUID id = create();
        String time = "now() - interval '" + seconds + " s'";
        sql("UPDATE timer SET due_at = " + time + ", next_attempt_at = " + time + " WHERE id = ?::uuid", id);
        sql(
                "UPDATE qrtz_triggers SET next_fire_time = extract(epoch FROM " + time
                        + ") * 1000 WHERE trigger_name = ?",
                id);
        return id;
    }

    private void inHand(UUID id, String state) {
        sql(
                "INSERT INTO qrtz_fired_triggers VALUES ('bide', 'e-' || ?, '" + id
                        + "', 'timer', 'some-node', 1, 1, 5, '" + state + "', 'deliver', 'timer', NULL, true)",
                id);
    }

    private void deleteTrigger(UUID id) {
        sql("DELETE FROM qrtz_triggers WHERE trigger_name = ?", id);
        sql("DELETE FROM qrtz_simple_triggers WHERE trigger_name = ?", id);
    }

    private void state(UUID id, String state) {
        sql("UPDATE qrtz_triggers SET trigger_state = '" + state + "' WHERE trigger_name = ?", id);
    }

    private static void sql(String text, UUID id) {
        assertThat(POSTGRES.sql().execute(text, id.toString())).isOne();
    }

    private static String state(UUID id) {
        return POSTGRES.sql().text("SELECT trigger_state FROM qrtz_triggers WHERE trigger_name = ?", id.toString());
    }
}
