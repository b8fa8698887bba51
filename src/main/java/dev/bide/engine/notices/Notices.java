package dev.bide.engine.notices;

import dev.bide.workflow.store.Database;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One turn, every 5 s on one node with the role scheduler: looks what has happened, and tells what is due. */
public final class Notices {
    private static final Logger LOG = LoggerFactory.getLogger(Notices.class);

    /** As long is tried to send a mail, too. */
    private static final Duration KEPT = Duration.ofDays(7);

    private final Database database;
    private final Looking looking;
    private final Telling telling;
    private final NoticeSettings settings;

    /** @param database on connections of the upkeep */
    public Notices(Database database, KnownChannels channels, Telling telling, NoticeSettings settings) {
        this.database = database;
        this.looking = new Looking(database, channels, settings);
        this.telling = telling;
        this.settings = settings;
    }

    public void run() {
        if (looking.look()) {
            telling.tell();
        }
        int unsent = database.inTransaction(session -> session.notices().forget(KEPT, settings.between()));
        if (unsent > 0) {
            LOG.error(
                    "{} mails could not be sent for 7 days, and are given up: see the server's answers above", unsent);
        }
    }
}
