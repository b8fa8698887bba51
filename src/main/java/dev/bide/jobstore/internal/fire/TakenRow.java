package dev.bide.jobstore.internal.fire;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.quartz.JobKey;
import org.quartz.TriggerKey;

/** What the statement that takes triggers returns of each, before anything of it is trusted to be readable. */
record TakenRow(
        String entryId,
        TriggerKey key,
        JobKey jobKey,
        @Nullable String description,
        int priority,
        String type,
        boolean fired,
        long startTime,
        long endTime,
        @Nullable String calendar,
        int misfireInstruction,
        byte @Nullable [] data,
        long previousFireTime,
        long due,
        String rowAddress,
        String rowVersion) {

    static TakenRow read(ResultSet row) throws SQLException {
        return new TakenRow(
                row.getString("entry_id"),
                new TriggerKey(row.getString("trigger_name"), row.getString("trigger_group")),
                new JobKey(row.getString("job_name"), row.getString("job_group")),
                row.getString("description"),
                row.getInt("priority"),
                row.getString("trigger_type"),
                row.getBoolean("fired"),
                row.getLong("start_time"),
                row.getLong("end_time"),
                row.getString("calendar_name"),
                row.getInt("misfire_instr"),
                row.getBytes("job_data"),
                row.getLong("prev_fire_time"),
                row.getLong("next_fire_time"),
                row.getString("row_address"),
                row.getString("row_version"));
    }

    /** Recovery leaves a trigger waiting for the time at which it fired already. */
    boolean recovering() {
        return !fired && previousFireTime == due;
    }
}
