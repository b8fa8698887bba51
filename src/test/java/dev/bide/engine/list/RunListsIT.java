package dev.bide.engine.list;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.persistence.JdbiDatabase;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.Seed;
import dev.bide.testing.Sql;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.RunFilter;
import dev.bide.workflow.store.RunWithInput;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RunListsIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static final List<Row> ROWS = new ArrayList<>();
    private static ListedTimers ids;
    private static RunLists lists;

    /** @param workflow by number */
    private record Row(
            UUID id,
            RunStatus status,
            int workflow,
            @Nullable String key) {}

    @BeforeAll
    static void fill() {
        Sql sql = POSTGRES.sql();
        Random random = Seed.random();
        ids = new ListedTimers(sql, random, "{}");
        for (int i = 0; i < 300; i++) {
            int workflow = random.nextInt(3);
            RunStatus status = RunStatus.values()[random.nextInt(RunStatus.values().length)];
            Instant made = ids.now().minusSeconds(random.nextInt((ListedTimers.DAYS - 10 * workflow) * 86_400));
            Instant finished = status.finished()
                    ? made.plusMillis((long) (random.nextDouble() * (ids.now().toEpochMilli() - made.toEpochMilli())))
                    : null;
            String key = i % 10 == 0 ? "shared" : i % 3 == 0 ? "key-" + i : null;
            if ("shared".equals(key)
                    && ROWS.stream().anyMatch(row -> row.workflow == workflow && key.equals(row.key))) {
                continue;
            }
            Row row = new Row(ids.id(made), status, workflow, key);
            ROWS.add(row);
            sql.execute(
                    "INSERT INTO " + (finished == null ? "run" : "run_history")
                            + " (id, workflow_id, workflow_version, key, input, status, created_at, updated_at, finished_at)"
                            + " VALUES (?, ?, 1, ?::text, '{}', ?, ?, ?, ?::timestamptz)",
                    row.id,
                    ids.workflows.get(workflow),
                    key,
                    status.toString(),
                    ListedTimers.time(made),
                    ListedTimers.time(made),
                    ListedTimers.time(finished));
            if (finished != null && key != null) {
                sql.execute(
                        "INSERT INTO run_key_history (key, workflow_id, id, finished_at) VALUES (?, ?, ?, ?)",
                        key,
                        ids.workflows.get(workflow),
                        row.id,
                        ListedTimers.time(finished));
            }
        }
        lists = new RunLists(new JdbiDatabase(POSTGRES.dataSource()), InstantSource.system());
    }

    @Test
    void every_filter_lists_what_matches_page_by_page_newest_first() {
        int listed = 0;
        for (Set<RunStatus> status : List.<Set<RunStatus>>of(
                Set.of(),
                Set.of(RunStatus.ACTIVE),
                Set.of(RunStatus.PAUSED),
                Set.of(RunStatus.COMPLETED),
                Set.of(RunStatus.FAILED),
                Set.of(RunStatus.FAILED, RunStatus.CANCELLED),
                Set.of(RunStatus.ACTIVE, RunStatus.FAILED),
                Set.of(RunStatus.PAUSED, RunStatus.COMPLETED))) {
            for (Integer workflow : new Integer[] {null, 0, 2}) {
                for (String key : new String[] {null, "shared", "key-3", "none"}) {
                    listed += compare(workflow, status, key);
                }
            }
        }
        assertThat(listed).isGreaterThan(1_000);
    }

    private static int compare(@Nullable Integer workflow, Set<RunStatus> status, @Nullable String key) {
        RunFilter filter = new RunFilter(workflow == null ? null : ids.workflows.get(workflow), status, key);
        List<UUID> expected = ROWS.stream()
                .filter(row -> (workflow == null || row.workflow == workflow)
                        && filter.admits(row.status)
                        && (key == null || key.equals(row.key)))
                .map(Row::id)
                .sorted(Comparator.comparing(UUID::toString).reversed())
                .toList();
        List<UUID> found = new ArrayList<>();
        Cursor cursor = null;
        do {
            Page<RunWithInput> page = lists.list(filter, new PageRequest(20, cursor));
            page.items().forEach(one -> found.add(one.run().id()));
            cursor = page.next();
        } while (cursor != null);
        assertThat(found).as("%s, %s", filter, Seed.hint()).isEqualTo(expected);
        return found.size();
    }
}
