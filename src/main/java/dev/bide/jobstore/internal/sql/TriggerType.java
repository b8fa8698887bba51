package dev.bide.jobstore.internal.sql;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Quartz's column trigger_type, by the names that are in it, for the types whose tables are known here: those that a user's delegate adds may have others. */
public enum TriggerType {
    SIMPLE("qrtz_simple_triggers"),
    CRON("qrtz_cron_triggers"),
    BLOB("qrtz_blob_triggers"),
    CAL_INT("qrtz_simprop_triggers"),
    DAILY_I("qrtz_simprop_triggers");

    private static final Map<String, TriggerType> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(TriggerType::name, Function.identity()));

    private final String table;

    TriggerType(String table) {
        this.table = table;
    }

    /** Null for a user's own. */
    public static @Nullable TriggerType of(String column) {
        return BY_NAME.get(column);
    }

    /** In which the rest of a trigger of this type is. */
    public String table() {
        return table;
    }
}
