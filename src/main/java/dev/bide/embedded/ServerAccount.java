package dev.bide.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who PostgreSQL runs as. It refuses to run as root, so root starts it as the account that owns the data directory or a directory above it, else as
 * {@code nobody}; where that account can't reach the directory (a clone below {@code /root}), in a user namespace of its own, where root is nobody special but
 * still owns its files.
 *
 * @param prefix the words before a command that make it run as the account
 * @param uid the owner of PostgreSQL's files; null where we are that ourselves
 * @param gid likewise
 * @param ownView whether /proc shows the account's processes to the account itself rather than to us
 */
record ServerAccount(
        List<String> prefix,
        @Nullable Integer uid,
        @Nullable Integer gid,
        boolean ownView) {
    private static final Logger LOG = LoggerFactory.getLogger(ServerAccount.class);
    private static final ServerAccount OURSELVES = new ServerAccount(List.of(), null, null, false);
    private static final ServerAccount NAMESPACE = new ServerAccount(List.of("unshare", "--user"), 0, 0, false);

    ServerAccount {
        prefix = List.copyOf(prefix);
    }

    /**
     * @param dataDirectory ours, which exists
     * @param cluster PostgreSQL's data directory, which need not exist; if it does, its owner is the account
     * @throws IOException no account can reach the directory
     */
    static ServerAccount choose(Path dataDirectory, Path cluster) throws IOException {
        Path self = Path.of("/proc/self");
        if (!Files.exists(self) || uid(self) != 0) {
            return OURSELVES;
        }
        if (Files.exists(cluster)) {
            ServerAccount owner = uid(cluster) == 0 ? NAMESPACE : unprivileged(uid(cluster), gid(cluster));
            if (!owner.reaches(dataDirectory)) {
                throw new IOException("root cannot run PostgreSQL as the owner of " + cluster + " (uid " + uid(cluster)
                        + "): it needs `setpriv` or `unshare --user`, and the owner must be able to enter the directory;"
                        + " run the service as that user, or set DATABASE_URL");
            }
            return owner;
        }
        for (ServerAccount candidate : candidates(dataDirectory)) {
            if (candidate.reaches(dataDirectory)) {
                LOG.info("We are root, which PostgreSQL refuses; it runs as {}", candidate.name());
                return candidate;
            }
        }
        throw new IOException(
                "root cannot run PostgreSQL, and no other account can enter " + dataDirectory
                        + "; set DATA_DIR to a directory that `nobody` can enter, run the service as an ordinary user, or set DATABASE_URL");
    }

    private static List<ServerAccount> candidates(Path directory) throws IOException {
        List<ServerAccount> candidates = new ArrayList<>();
        for (@Nullable Path above = directory; above != null; above = above.getParent()) {
            if (uid(above) != 0) {
                candidates.add(unprivileged(uid(above), gid(above)));
            }
        }
        Command.Result uid = Command.run(List.of("id", "-u", "nobody"));
        Command.Result gid = Command.run(List.of("id", "-g", "nobody"));
        if (uid.succeeded() && gid.succeeded()) {
            candidates.add(unprivileged(
                    Integer.parseInt(uid.output().strip()),
                    Integer.parseInt(gid.output().strip())));
        }
        candidates.add(NAMESPACE);
        return candidates;
    }

    private static ServerAccount unprivileged(int uid, int gid) {
        List<String> prefix = List.of(
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + gid,
                "--clear-groups",
                "--inh-caps=-all",
                "--bounding-set=-all",
                "--no-new-privs");
        return new ServerAccount(prefix, uid, gid, true);
    }

    /** Whether the account can be taken on at all, has a name (initdb asks for it), and may enter the directory. */
    private boolean reaches(Path directory) {
        try {
            return Command.run(as(List.of("sh", "-c", "id -un && cd \"$1\"", "sh", directory.toString())))
                    .succeeded();
        } catch (IOException e) {
            return false; // no such program as setpriv or unshare
        }
    }

    List<String> as(List<String> command) {
        List<String> words = new ArrayList<>(prefix);
        words.addAll(command);
        return words;
    }

    /** Gives a file or directory to the account. */
    void own(Path path) throws IOException {
        if (uid != null && gid != null) {
            Files.setAttribute(path, "unix:gid", gid);
            Files.setAttribute(path, "unix:uid", uid);
        }
    }

    private String name() {
        return uid == null || uid == 0 ? "root in a user namespace" : "uid " + uid;
    }

    private static int uid(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid");
    }

    private static int gid(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:gid");
    }
}
