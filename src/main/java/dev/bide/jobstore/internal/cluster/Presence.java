package dev.bide.jobstore.internal.cluster;

import dev.bide.jobstore.internal.fire.Lease;
import dev.bide.jobstore.internal.fire.StoreSettings;
import dev.bide.jobstore.internal.recover.DeadNode;
import dev.bide.jobstore.internal.sql.Daemon;
import dev.bide.jobstore.internal.sql.Pause;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quartz.SchedulerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node a member of the cluster: joins, checks in every second or so, on a thread that does nothing else, and finds the nodes that don't.
 *
 * <p>One node has a name. Who starts and finds a row of its own name that is young waits until it knows whether anybody lives behind it: a row that changes does, and
 * the start is refused; one that doesn't for as long as a dead node's is an earlier life's. A member that finds a time stamp in its row that it did not write stops
 * acting until the other is gone. (Not an advisory lock: it would hold a connection for ever, and be lost with it without a word.)
 */
public final class Presence {
    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);
    private static final long LOOK_AGAIN_MILLIS = 200;
    private static final long LEAST_PAUSE_MILLIS = 50;

    private final String instance;
    private final CheckIn checkIn;
    private final Lease lease;
    private final Heartbeats heartbeats;
    private final StoreSettings.Beat beat;
    private final Consumer<List<DeadNode>> checkedIn;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable Daemon thread;

    private volatile List<String> live = List.of();
    private boolean member;
    private @Nullable MemberRow watched;
    private long watchedSince;
    private boolean rivalSeen;
    private boolean rivalTold;
    private boolean failing;

    /** Of the two that use the check-in, its thread and whoever closes, those that do no more. */
    private int over;

    /** @param checkedIn told after each check-in of all that are dead */
    public Presence(
            String instance,
            CheckIn checkIn,
            Lease lease,
            Heartbeats heartbeats,
            StoreSettings.Beat beat,
            Consumer<List<DeadNode>> checkedIn) {
        this.instance = instance;
        this.checkIn = checkIn;
        this.lease = lease;
        this.heartbeats = heartbeats;
        this.beat = beat;
        this.checkedIn = checkedIn;
    }

    /**
     * Returns when this node is a member; or when the database does not answer: then it joins when it does.
     *
     * @throws SchedulerException another node checks in under this name
     */
    public void start(String threadName, boolean daemon) throws SchedulerException {
        while (!step() && !failing) {
            if (rivalSeen) {
                throw new SchedulerException(
                        "another node checks in as instance " + instance
                                + ", and this one may not: give each node an instance id of its own (org.quartz.scheduler.instanceId = AUTO makes one)");
            }
            if (!Pause.millis(LOOK_AGAIN_MILLIS)) {
                throw new SchedulerException("interrupted while joining the cluster as instance " + instance);
            }
        }
        Daemon started = new Daemon(threadName + "_CheckIn", daemon, this::run);
        started.beforeOthers();
        thread = started;
        started.start();
    }

    /**
     * No more check-ins when it returns; after some seconds in any case.
     *
     * @param nothingLeft of what this node had in hand: then nobody needs to find it dead
     */
    public void close(boolean nothingLeft) {
        closing.countDown();
        Daemon running = thread;
        if (running == null) {
            over();
        }
        boolean hasEnded = running == null || running.join();
        lease.end();
        if (nothingLeft && hasEnded) {
            leave();
        }
        over();
    }

    private void leave() {
        try {
            checkIn.leave();
        } catch (SQLException e) {
            LOG.debug("could not delete the scheduler state; another node will", e);
        }
    }

    /** Whoever is the last closes the connection: the thread may hang in a statement for longer than anybody waits for it. */
    private synchronized void over() {
        if (++over >= 2) {
            checkIn.close();
        }
    }

    private void run() {
        long pause = beat.intervalMillis();
        try {
            while (!closing.await(pause, TimeUnit.MILLISECONDS)) {
                long begun = System.nanoTime();
                step();
                long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
                pause = Math.max(LEAST_PAUSE_MILLIS, (failing ? beat.retryMillis() : beat.intervalMillis()) - took);
            }
        } catch (InterruptedException e) {
            LOG.warn("the check-in thread was interrupted; this node leaves the cluster");
        } finally {
            over();
        }
    }

    /** True where this node is a member now. */
    private boolean step() {
        try {
            boolean isMember = member ? checkIn() : join();
            failing = false;
            return isMember;
        } catch (SQLException | RuntimeException | Error e) {
            // An error too: without this thread the node would be given up for dead.
            if (!failing) {
                LOG.warn("could not check in, trying again each {} ms: {}", beat.retryMillis(), e.toString());
            }
            failing = true;
            return false;
        }
    }

    private boolean join() throws SQLException {
        CheckIn.Answer found = checkIn.look();
        MemberRow row = found.row(instance);
        if (row != null && mayLive(row, found.now())) {
            if (rivalSeen && thread != null) {
                tellOfRival();
            }
            return false;
        }
        Lease.Moment begun = lease.now();
        return accept(begun, row == null ? checkIn.write() : checkIn.succeed(row.stamp()));
    }

    private boolean checkIn() throws SQLException {
        Lease.Moment begun = lease.now();
        return accept(begun, checkIn.write());
    }

    private boolean accept(Lease.Moment begun, CheckIn.Answer answer) {
        if (!answer.isOurs()) {
            lease.end();
            member = false;
            watched = null;
            tellOfRival();
            return false;
        }
        long silence = lease.ageMillis();
        boolean wasBlind = !lease.isHeld();
        lease.renew(begun);
        member = true;
        watched = null;
        rivalSeen = false;
        rivalTold = false;
        long now = TimeUnit.NANOSECONDS.toMillis(lease.now().nanos());
        if (wasBlind) {
            heartbeats.beginAgain(now);
        }
        List<DeadNode> dead = answer.members().stream()
                .filter(other -> !other.instance().equals(instance))
                .filter(other -> heartbeats.isDead(other, now, silence))
                .map(other -> new DeadNode(other.instance(), other.stamp()))
                .toList();
        live = live(answer, dead);
        checkedIn.accept(dead);
        return true;
    }

    private List<String> live(CheckIn.Answer answer, List<DeadNode> dead) {
        Set<String> names = new TreeSet<>(Set.of(instance));
        answer.members().forEach(member -> names.add(member.instance()));
        dead.forEach(node -> names.remove(node.instance()));
        return List.copyOf(names);
    }

    /** Those that the last check-in found alive, this node among them, in order of name; none before the first. Any thread. */
    public List<String> members() {
        return live;
    }

    /** Once: it may last for days. */
    private void tellOfRival() {
        if (!rivalTold) {
            LOG.error(
                    "another node checks in as instance {}: this one takes and begins nothing until the other is gone. Give each node an instance id of its own",
                    instance);
        }
        rivalTold = true;
    }

    /** Whether somebody may live behind this row of this node's name. */
    private boolean mayLive(MemberRow row, long databaseNow) {
        long now = TimeUnit.NANOSECONDS.toMillis(lease.now().nanos());
        MemberRow before = watched;
        if (before == null || before.stamp() != row.stamp()) {
            rivalSeen = before != null;
            watched = row;
            watchedSince = now;
        }
        long allowed = heartbeats.silenceAllowed(row.interval(), 0);
        return Math.max(databaseNow - row.stamp(), now - watchedSince) <= allowed;
    }
}
