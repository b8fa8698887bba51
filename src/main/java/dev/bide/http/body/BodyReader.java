package dev.bide.http.body;

import dev.bide.http.problem.ProblemType;
import dev.bide.http.problem.RequestException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the body of a request as it comes in: no thread waits for it, and nobody takes for ever to send it. */
public final class BodyReader implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(BodyReader.class);

    private final Request request;
    private final Patience patience;
    private final Sink sink;
    private final long begin = NanoTime.now();
    private final CompletableFuture<Void> whole = new CompletableFuture<>();

    /** Guarded by this, as are the next two: the clock looks from another thread. */
    private boolean isWaiting;

    private long received;

    private Scheduler.@Nullable Task look;

    private BodyReader(Request request, Patience patience, Sink sink) {
        this.request = request;
        this.patience = patience;
        this.sink = sink;
    }

    /** Where the bytes go; refuses more of them by an exception, which ends the reading. */
    public interface Sink {
        void take(ByteBuffer content);
    }

    /** Fails with a {@link RequestException} where the body does not come to its end, or with what the sink throws. */
    public static CompletableFuture<Void> read(Request request, Patience patience, Sink sink) {
        BodyReader reader = new BodyReader(request, patience, sink);
        reader.run();
        return reader.whole;
    }

    /** Called again whenever there is more. */
    @Override
    public void run() {
        begin();
        try {
            boolean last = false;
            while (!last) {
                Content.Chunk chunk = request.read();
                if (chunk == null) {
                    waitForMore();
                    return;
                }
                last = take(chunk);
            }
        } catch (RuntimeException e) {
            end();
            whole.completeExceptionally(e);
            return;
        }
        end();
        whole.complete(null);
    }

    private synchronized void begin() {
        isWaiting = false;
    }

    private void waitForMore() {
        synchronized (this) {
            isWaiting = true;
            if (look == null) {
                lookLater(NanoTime.millisSince(begin));
            }
        }
        request.demand(this);
    }

    private void lookLater(long millis) {
        look = request.getComponents()
                .getScheduler()
                .schedule(this::look, patience.millisToNextLook(millis), TimeUnit.MILLISECONDS);
    }

    /**
     * Ends a wait that takes too long, as Jetty itself ends it where a client says nothing: the read fails, and the request can still be
     * answered. Only while the body is waited for; what is read this moment is looked at next time.
     */
    private void look() {
        HttpChannel.IdleTimeoutTask task;
        synchronized (this) {
            long millis = NanoTime.millisSince(begin);
            if (whole.isDone() || look == null) {
                return;
            }
            if (!isWaiting || !patience.isOver(millis, received)) {
                lookLater(millis);
                return;
            }
            look = null;
            task = HttpChannel.from(request).onIdleTimeout(new TimeoutException("The body is too slow"));
        }
        if (task.action() != null) {
            request.getComponents().getExecutor().execute(task.action());
        }
    }

    private synchronized void end() {
        if (look != null) {
            look.cancel();
            look = null;
        }
    }

    /** Returns whether it was the last. */
    private boolean take(Content.Chunk chunk) {
        if (Content.Chunk.isFailure(chunk)) {
            throw unread(chunk.getFailure());
        }
        try {
            synchronized (this) {
                received += chunk.getByteBuffer().remaining();
            }
            sink.take(chunk.getByteBuffer());
            return chunk.isLast();
        } finally {
            chunk.release();
        }
    }

    /** The server tells bad chunks and a client that is gone in many ways; all are the client's. */
    private static RequestException unread(@Nullable Throwable fault) {
        LOG.debug("A request body could not be read", fault);
        return fault instanceof TimeoutException
                ? new RequestException(ProblemType.TIMEOUT, "The body did not come in time")
                : RequestException.malformed("The body could not be read to its end");
    }
}
