package dev.bide.persistence;

import dev.bide.workflow.figures.Look;
import dev.bide.workflow.figures.Matching;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reading the columns of a row. */
final class Rows {
    private static final Logger LOG = LoggerFactory.getLogger(Rows.class);

    private Rows() {}

    /** What is made of a row. */
    interface RowReader<T> {
        T read() throws SQLException;
    }

    /** Empty where this version of the program can't read it. */
    static <T> Optional<T> readable(String what, ResultSet row, RowReader<T> reader) throws SQLException {
        try {
            return Optional.of(reader.read());
        } catch (RuntimeException e) {
            LOG.error("{} {} can't be read, and waits for a version that can", what, uuid(row, "id"), e);
            return Optional.empty();
        }
    }

    static UUID uuid(ResultSet row, String column) throws SQLException {
        return row.getObject(column, UUID.class);
    }

    static @Nullable UUID optionalUuid(ResultSet row, String column) throws SQLException {
        return row.getObject(column, UUID.class);
    }

    /** None where the column is null. */
    static List<UUID> uuids(ResultSet row, String column) throws SQLException {
        Array values = row.getArray(column);
        return values == null ? List.of() : List.of((UUID[]) values.getArray());
    }

    /** The columns matching, earliest, latest, sample and sample_due. */
    static Matching matching(ResultSet row, StatementContext context) throws SQLException {
        Array dueTimes = row.getArray("sample_due");
        List<@Nullable Instant> due = new ArrayList<>();
        for (Object time : (Object[]) dueTimes.getArray()) {
            due.add(time == null ? null : ((Timestamp) time).toInstant());
        }
        return new Matching(
                row.getLong("matching"),
                optionalInstant(row, "earliest"),
                optionalInstant(row, "latest"),
                Matching.samples(uuids(row, "sample"), due));
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    static @Nullable Instant optionalInstant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    static @Nullable ZoneId optionalZone(ResultSet row, String column) throws SQLException {
        String name = row.getString(column);
        return name == null ? null : ZoneId.of(name);
    }

    static @Nullable Integer optionalInteger(ResultSet row, String column) throws SQLException {
        int value = row.getInt(column);
        return row.wasNull() ? null : value;
    }

    static @Nullable Long optionalLong(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }

    /**
     * A row of a bounded look.
     *
     * @param place where the next look begins, if this is the last row of this one
     * @param bytes of what is large with it, where it matches; else 0
     * @param seen how many rows the statement looked at
     */
    record LookedAt<T, P>(T item, P place, boolean matches, long bytes, int seen) {
        /**
         * What came of a look.
         *
         * @param rows that match, in order, up to one more than {@code limit}, and the last one that was looked at
         * @param after where it began
         * @param most how many rows the statement was to look at
         */
        static <T, P> Look<T, P> look(List<LookedAt<T, P>> rows, @Nullable P after, int most, int limit) {
            List<T> matching = new ArrayList<>();
            P last = after;
            long bytes = 0;
            for (LookedAt<T, P> row : rows) {
                bytes += row.bytes();
                boolean full = matching.size() == limit || bytes > Sized.LARGEST_BATCH && !matching.isEmpty();
                if (row.matches() && full) {
                    return new Look<>(matching, last, false);
                }
                if (row.matches()) {
                    matching.add(row.item());
                }
                last = row.place();
            }
            return new Look<>(matching, last, rows.isEmpty() || rows.get(0).seen() < most);
        }
    }

    /**
     * Something that a batch of an operation may hold.
     *
     * @param bytes of its delay and action, which are read, changed and written back
     */
    record Sized<T>(T value, long bytes) {
        /** Bytes in a batch. */
        static final long LARGEST_BATCH = 4 << 20;

        /** The first of {@code found} that a batch holds: one at least, where there is one. */
        static <T> List<T> batch(List<Sized<T>> found) {
            List<T> batch = new ArrayList<>();
            long bytes = 0;
            for (Sized<T> one : found) {
                bytes += one.bytes();
                if (bytes > LARGEST_BATCH && !batch.isEmpty()) {
                    break;
                }
                batch.add(one.value());
            }
            return batch;
        }
    }
}
