package dev.bide.loadtest.patroni;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Who runs PostgreSQL, which refuses to run as root: then it is nobody. */
public final class Account {
    private Account() {}

    /**
     * Makes the directory, and gives it to that account.
     *
     * @return what comes before a command that is to run as that account; empty where it is the one that runs us
     */
    public static List<String> owning(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        if (!System.getProperty("user.name").equals("root")) {
            return List.of();
        }
        if (new ProcessBuilder("chown", "-R", "nobody", directory.toString())
                        .start()
                        .waitFor()
                != 0) {
            throw new IOException("cannot give " + directory + " to nobody");
        }
        return List.of("setpriv", "--reuid=nobody", "--regid=" + groupOfNobody(), "--clear-groups");
    }

    private static String groupOfNobody() throws IOException {
        Process id = new ProcessBuilder("id", "-g", "nobody").start();
        return new String(id.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    }
}
