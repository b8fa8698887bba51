package dev.bide.engine.upkeep;

import static org.quartz.CronScheduleBuilder.cronSchedule;
import static org.quartz.JobBuilder.newJob;
import static org.quartz.TriggerBuilder.newTrigger;

import dev.bide.engine.quartz.QuartzNode;
import dev.bide.jobstore.PostgresJobStore;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.function.Supplier;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;

/** The upkeep, as Quartz jobs under a scheduler name of their own: clustered, so that each runs on one node at a time. */
public final class ControlPlane {
    private static final String MAIL = "mail";

    static final String NAME = "bide-control";

    /** One for each of the tasks: dropping a month may take an hour, and holds up no other. */
    private static final int THREADS = 7;

    /** Nothing is lost with a task that is left: another node's turn does the same. ms. */
    private static final long SHUTDOWN_PATIENCE_MILLIS = 1_000;

    private ControlPlane() {}

    /** What is done when: cron expressions, in UTC. */
    private static final Map<String, String> TIMES = Map.of(
            "repair",
            "30 * * * * ?",
            "history",
            "0 7 * * * ?",
            "operations",
            "* * * * * ?",
            "figures",
            "0/10 * * * * ?",
            "notices",
            "1/5 * * * * ?",
            MAIL,
            "3/5 * * * * ?");

    /**
     * @param store a new one with its connections, which becomes this scheduler's own
     * @param tasks by name
     * @param mail a new job that sends mails
     */
    public static Scheduler create(
            PostgresJobStore store,
            String nodeId,
            InstantSource clock,
            long failoverMargin,
            Map<String, Runnable> tasks,
            Supplier<Job> mail)
            throws SchedulerException {
        store.useClock(clock);
        store.setShutdownPatience(SHUTDOWN_PATIENCE_MILLIS);
        store.setFailoverMargin(failoverMargin);
        // Nobody minds a second here, and a look at the tables is saved.
        store.setWatchInterval(1_000);
        return QuartzNode.create(NAME, nodeId, THREADS, store, (bundle, scheduler) -> {
            String name = bundle.getJobDetail().getKey().getName();
            // Stored as a task too: a node of an earlier version would not know its class, and set its trigger aside.
            return name.equals(MAIL) ? mail.get() : new Task(tasks.get(name));
        });
    }

    /** Stores the jobs, as this version of the program has them. */
    public static void keepJobs(Scheduler scheduler) throws SchedulerException {
        for (Map.Entry<String, String> time : TIMES.entrySet()) {
            var job = newJob(Task.class)
                    .withIdentity(time.getKey())
                    .storeDurably()
                    .build();
            var trigger = newTrigger()
                    .withIdentity(time.getKey())
                    .withSchedule(cronSchedule(time.getValue())
                            .inTimeZone(TimeZone.getTimeZone("UTC"))
                            .withMisfireHandlingInstructionFireAndProceed())
                    .build();
            scheduler.scheduleJob(job, Set.of(trigger), true);
        }
    }

    /** One task of the upkeep; never beside itself in the cluster. */
    @DisallowConcurrentExecution
    private record Task(@org.jspecify.annotations.Nullable Runnable work) implements Job {
        @Override
        public void execute(JobExecutionContext context) {
            if (work != null) {
                work.run();
            }
        }
    }
}
