package dev.bide.http;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** Reads the body of a request, whose length is known, as it comes in: no thread waits for it. */
final class BodyReader implements Runnable {
    private final Request request;
    private final ByteBuffer body;
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();

    private BodyReader(Request request, int length) {
        this.request = request;
        this.body = ByteBuffer.allocate(length);
    }

    /** Fails with a {@link RequestException} where the body does not come to its end, or is not UTF-8. */
    static CompletableFuture<byte[]> read(Request request, int length) {
        BodyReader reader = new BodyReader(request, length);
        reader.run();
        return reader.whole;
    }

    /** Called again whenever there is more. */
    @Override
    public void run() {
        try {
            boolean last = false;
            while (!last) {
                Content.Chunk chunk = request.read();
                if (chunk == null) {
                    request.demand(this);
                    return;
                }
                last = take(chunk);
            }
            whole.complete(RequestBody.checked(body.array()));
        } catch (RuntimeException e) {
            whole.completeExceptionally(e);
        }
    }

    /** Returns whether it was the last. */
    private boolean take(Content.Chunk chunk) {
        if (Content.Chunk.isFailure(chunk)) {
            throw RequestBody.unread(chunk.getFailure());
        }
        try {
            body.put(chunk.getByteBuffer());
            return chunk.isLast();
        } finally {
            chunk.release();
        }
    }
}
