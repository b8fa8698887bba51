package dev.bide.engine.notices;

import dev.bide.delay.PeriodDelay;
import dev.bide.delay.PeriodUnit;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.workflow.Action;
import dev.bide.workflow.Ids;
import dev.bide.workflow.RetryPolicy;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerSpec;
import dev.bide.workflow.Times;
import dev.bide.workflow.notice.Channel;
import dev.bide.workflow.notice.Happening;
import dev.bide.workflow.notice.Notice;
import dev.bide.workflow.notice.NoticeEvent;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Session;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes notices of what is due to be told: one transaction with the groups that are counted anew from then on, and with the timers whose calls tell of it. So a crash tells
 * nobody twice by a call, and leaves nobody out; mails wait as rows.
 */
public final class Telling {
    /** Waits of at most 1, 10 and 100 minutes: more retries than a task's no timer has, so they are spread for whoever is away for long. */
    private static final RetryPolicy RETRY = new RetryPolicy(3, Duration.ofMinutes(1), 10, Duration.ofHours(2));

    private final Database database;
    private final TimerTriggers triggers;
    private final KnownChannels channels;
    private final NoticeSettings settings;
    private final InstantSource clock;

    public Telling(
            Database database,
            TimerTriggers triggers,
            KnownChannels channels,
            NoticeSettings settings,
            InstantSource clock) {
        this.database = database;
        this.triggers = triggers;
        this.channels = channels;
        this.settings = settings;
        this.clock = clock;
    }

    /** What is written together. */
    private record Told(List<Notice> notices, List<Timer> timers) {}

    void tell() {
        Told told = database.inTransaction(session -> {
            List<Happening> due = session.notices().takeDue();
            List<Channel> all = due.isEmpty() ? List.of() : channels.all(session);
            NoticeWords words = new NoticeWords(settings.publicUrl(), all.isEmpty() ? Map.of() : names(session, due));
            Told made = new Told(new ArrayList<>(), new ArrayList<>());
            for (Channel channel : all) {
                for (NoticeEvent event : NoticeEvent.values()) {
                    List<Happening> wanted = due.stream()
                            .filter(one -> one.event() == event && channel.wants(event, one.workflowId()))
                            .toList();
                    if (!wanted.isEmpty()) {
                        add(channel, event, words, wanted, made);
                    }
                }
            }
            store(session, made);
            return made;
        });
        triggers.signal(told.timers());
    }

    /** Tells {@code channel} that somebody tries it; answers the notice. */
    public Notice test(Channel channel) {
        Instant now = Times.now(clock);
        Told told = database.inTransaction(session -> {
            Told made = new Told(new ArrayList<>(), new ArrayList<>());
            Happening tried = Happening.once(
                    NoticeEvent.TEST,
                    "",
                    now,
                    null,
                    "Somebody tries whether channel " + channel.name() + " works: it does");
            add(channel, NoticeEvent.TEST, new NoticeWords(settings.publicUrl(), Map.of()), List.of(tried), made);
            store(session, made);
            return made;
        });
        triggers.signal(told.timers());
        return told.notices().get(0);
    }

    private void store(Session session, Told made) {
        session.timers().insert(made.timers());
        triggers.store(session, made.timers());
        session.notices().insert(made.notices());
    }

    private void add(Channel channel, NoticeEvent event, NoticeWords words, List<Happening> happened, Told made) {
        Instant now = Times.now(clock);
        Notice notice = notice(channel, event, words, happened, now);
        if (channel.type() != Channel.Type.EMAIL) {
            made.timers().add(timer(notice.timerId(), NoticeCall.of(channel, notice, happened, words, now), now));
        }
        made.notices().add(notice);
    }

    private static Notice notice(
            Channel channel, NoticeEvent event, NoticeWords words, List<Happening> happened, Instant now) {
        UUID timer = channel.type() == Channel.Type.EMAIL ? null : Ids.next();
        return new Notice(
                Ids.next(), channel.name(), event, now, words.title(event, happened), words.text(happened), timer, 0);
    }

    private static Timer timer(@Nullable UUID id, Action action, Instant now) {
        TimerSpec spec = new TimerSpec(
                new PeriodDelay(0, PeriodUnit.SECONDS, null, null), action, RETRY, TimerSpec.DEFAULT_TIMEOUT, null);
        return Timer.waiting(Objects.requireNonNull(id, "a call's timer"), now, now, ZoneOffset.UTC, spec, null, null);
    }

    private static Map<UUID, String> names(Session session, List<Happening> happened) {
        return session.notices()
                .names(happened.stream()
                        .map(Happening::workflowId)
                        .filter(Objects::nonNull)
                        .collect(Collectors.toSet()));
    }
}
