package dev.bide.workflow.notice;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Channels, what has happened since people were told, and what they are still to be told. All times are the database's. */
public interface NoticeStore {
    /** But for those that only a newer version of the program can read. */
    List<Channel> channels();

    /** Whether there are any, readable or not. */
    boolean hasChannels();

    /** Of workflows. */
    Map<UUID, String> names(Set<UUID> workflows);

    void put(Channel channel);

    /** With the mails that wait for it. False where there is none. */
    boolean remove(String channel);

    /** @param lastNoticeAt when one was last sent, or handed to the timers */
    record ChannelState(
            long waiting,
            @Nullable Instant lastNoticeAt,
            @Nullable String lastError) {}

    /** By channel, of those that had notices in the last week. */
    Map<String, ChannelState> states();

    /**
     * How far was looked. All facts that were committed when {@code snapshot} was taken have been seen, and no other.
     *
     * @param at when that was
     */
    record Edge(Instant at, String snapshot) {}

    /** Locks it. From here to the end of the transaction all is read as it is now: this must come first. Empty where nobody has looked yet. */
    Optional<Edge> lockEdge();

    /** All that this transaction sees has been seen. */
    void moveEdge();

    /** Nobody is told of anything: what was counted is forgotten, and who is told later is told of what happens from then on. Nothing is written where there is nothing. */
    void forgetAll();

    /** Deaths since then, but for those of timers that tell of something themselves, of which the channels have the error. Not what is 15 minutes old. */
    List<Happening> deaths(Edge since);

    List<Happening> failedOperations(Edge since);

    /** Host and port of destinations of which a node has said within the last 30 s whether its breaker lets calls through; false where any does not. */
    Map<String, Boolean> destinations();

    /** Nodes that have not been seen for 30 s, and did not say that they stop, with when they were. */
    Map<String, Instant> silentNodes();

    /** First attempts of the last 5 minutes, and those of them that were on time. */
    record Promise(long firsts, long onTime) {}

    Promise promise();

    /** What holds since an earlier look, so that people are told once. */
    Map<String, Instant> marks(NoticeEvent event);

    void mark(NoticeEvent event, String subject);

    void unmark(NoticeEvent event, Collection<String> subjects);

    /**
     * Counts what has happened with what has before.
     *
     * @param first how long people are not told after the first
     * @param between after they were told
     */
    void add(Collection<Happening> happenings, Duration first, Duration between);

    /** Those of which people are to be told now, counted anew from here on; but for events that only a newer version of the program knows. */
    List<Happening> takeDue();

    /** New ones; those that have a timer count as sent. */
    void insert(Collection<Notice> notices);

    /**
     * The next mail that is due, and nobody else's for {@code lease}.
     *
     * @param not channels whose mails are passed over
     */
    Optional<Notice> claimMail(Duration lease, Set<String> not);

    /** @param error null where it was sent to all */
    void sent(UUID notice, @Nullable String error);

    void failed(UUID notice, Duration again, String why);

    /** Of a channel that is for mails no more. */
    void drop(UUID notice);

    /** Those that were sent, and those that could not be, after {@code kept}. Answers how many of the latter. */
    int forget(Duration kept, Duration between);
}
