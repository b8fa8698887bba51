package dev.bide.engine;

import dev.bide.engine.deliver.Actions;
import dev.bide.engine.notices.KnownChannels;
import dev.bide.engine.notices.Telling;
import dev.bide.json.FieldError;
import dev.bide.json.FieldPath;
import dev.bide.workflow.Action;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.notice.Channel;
import dev.bide.workflow.notice.Notice;
import dev.bide.workflow.notice.NoticeStore.ChannelState;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Session;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where people are told of what happens. Thread-safe. */
public final class Channels {
    private static final Logger LOG = LoggerFactory.getLogger(Channels.class);

    private static final int MOST = 100;

    private static final ChannelState UNUSED = new ChannelState(0, null, null);

    private final Database reads;
    private final Database database;
    private final KnownChannels known;
    private final Telling telling;
    private final Actions actions;

    /** @param readOnly it stands in the configuration of this node */
    public record View(Channel channel, boolean readOnly, ChannelState state) {}

    Channels(Database reads, Database database, KnownChannels known, Telling telling, Actions actions) {
        this.reads = reads;
        this.database = database;
        this.known = known;
        this.telling = telling;
        this.actions = actions;
    }

    /** All of them, by name. */
    public List<View> list() {
        return reads.inTransaction(this::views);
    }

    private List<View> views(Session session) {
        Map<String, ChannelState> states = session.notices().states();
        return known.all(session).stream()
                .map(channel -> new View(
                        channel, known.isConfigured(channel.name()), states.getOrDefault(channel.name(), UNUSED)))
                .toList();
    }

    public View get(String name) {
        return list().stream()
                .filter(view -> view.channel().name().equals(name))
                .findFirst()
                .orElseThrow(() -> RefusedException.notFound("channel", name));
    }

    public View put(Channel channel) {
        refuseConfigured(channel.name());
        String url = channel.url();
        if (url != null) {
            List<FieldError> errors = Actions.errors(
                    FieldPath.ROOT,
                    actions.problems(List.of(new Action("POST", url, Map.of(), null)))
                            .get(0));
            if (!errors.isEmpty()) {
                throw RefusedException.invalid(errors);
            }
        }
        database.inTransaction(session -> {
            List<Channel> there = session.notices().channels();
            if (there.size() >= MOST
                    && there.stream().noneMatch(one -> one.name().equals(channel.name()))) {
                throw RefusedException.conflict("There are " + MOST + " channels already");
            }
            session.notices().put(channel);
            return channel;
        });
        LOG.info("Channel {} is set, of type {}", channel.name(), channel.type());
        return get(channel.name());
    }

    /** Mails that wait for it are not sent. */
    public void remove(String name) {
        refuseConfigured(name);
        if (!database.inTransaction(session -> session.notices().remove(name))) {
            throw RefusedException.notFound("channel", name);
        }
        LOG.info("Channel {} is removed", name);
    }

    /** Tells it that somebody tries it; what comes of that its state says, or the timer that calls. */
    public Notice test(String name) {
        return telling.test(get(name).channel());
    }

    private void refuseConfigured(String name) {
        if (known.isConfigured(name)) {
            throw RefusedException.conflict("Channel " + name + " stands in the configuration, and is changed there");
        }
    }
}
