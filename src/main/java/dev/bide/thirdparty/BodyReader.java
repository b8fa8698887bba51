package dev.bide.thirdparty;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** Reads a body to its end without holding a thread, and keeps its beginning. */
final class BodyReader implements Runnable {
    private static final int KEPT = 64 * 1024;

    private final Request request;
    private final Consumer<String> whenRead;
    private final Consumer<Throwable> whenFailed;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream(512);

    BodyReader(Request request, Consumer<String> whenRead, Consumer<Throwable> whenFailed) {
        this.request = request;
        this.whenRead = whenRead;
        this.whenFailed = whenFailed;
    }

    @Override
    public void run() {
        while (true) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(this);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                whenFailed.accept(chunk.getFailure());
                return;
            }
            keep(chunk.getByteBuffer());
            chunk.release();
            if (chunk.isLast()) {
                whenRead.accept(kept.toString(StandardCharsets.UTF_8));
                return;
            }
        }
    }

    private void keep(ByteBuffer buffer) {
        byte[] bytes = new byte[Math.min(buffer.remaining(), KEPT - kept.size())];
        buffer.get(bytes);
        kept.write(bytes, 0, bytes.length);
    }
}
