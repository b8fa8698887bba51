package dev.bide.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KeyOrderTest {
    private static final Path STATEMENTS = Path.of("src/main/resources/dev/bide/persistence");

    /** Of what waits; the histories have no unique keys. */
    private static final Pattern ADDS_KEYS = Pattern.compile("INSERT INTO (timer|run)\\s");

    private static final Pattern ADDS_RUNS = Pattern.compile("INSERT INTO run\\s");

    /** Two orders are a deadlock between two of them. */
    @Test
    void all_that_add_keys_do_so_in_one_order() throws IOException {
        try (Stream<Path> files = Files.walk(STATEMENTS)) {
            List<String> statements = files.filter(Files::isRegularFile)
                    .map(KeyOrderTest::read)
                    .filter(text -> ADDS_KEYS.matcher(text).find())
                    .toList();
            assertThat(statements).hasSize(4).allSatisfy(text -> assertThat(text)
                    .contains(
                            ADDS_RUNS.matcher(text).find()
                                    ? "\nORDER BY key COLLATE \"C\" NULLS FIRST, workflow_id, id\n"
                                    : "\nORDER BY key COLLATE \"C\" NULLS FIRST, id\n"));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
