package dev.bide;

import dev.bide.ops.OpenDatabase;
import io.dropwizard.lifecycle.Managed;
import java.io.IOException;

/** Managed before all else, so that it is closed after all else. */
record ClosedLast(OpenDatabase database) implements Managed {
    @Override
    public void stop() throws IOException {
        database.close();
    }
}
