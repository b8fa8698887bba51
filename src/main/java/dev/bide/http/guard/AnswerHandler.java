package dev.bide.http.guard;

import dev.bide.http.body.MemoryBudget;
import dev.bide.http.body.Patience;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Lets no thread wait for a slow reader: what Jersey writes is kept, and sent as the client takes it. Where what is kept so fills its memory, the
 * thread waits for its client as it would without this. Either way a client that takes its answer too slowly is cut off.
 */
public final class AnswerHandler extends Handler.Wrapper {
    /** Handed on at once: a client is seen to read when it has taken one. */
    private static final int PIECE = 8 << 10;

    private final Patience patience;
    private final MemoryBudget budget;

    /** @param budget for all answers that clients have not taken yet */
    public AnswerHandler(Patience patience, MemoryBudget budget) {
        this.patience = patience;
        this.budget = budget;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Outgoing answer = new Outgoing(request, response, callback);
        return super.handle(request, answer, Callback.from(answer::end, fault -> answer.end(fault)));
    }

    /** A part of an answer. @param written who waits until it is sent; null where it is kept, and nobody waits */
    private record Part(
            ByteBuffer content, boolean last, @Nullable Callback written) {}

    /** One answer, on its way. */
    private final class Outgoing extends Response.Wrapper {
        private final Request request;
        private final Callback callback;
        private final MemoryBudget.Share memory = budget.open();
        private final Sending sending = new Sending();

        /** Guarded by this, as are all that follow. */
        private final Queue<Part> parts = new ArrayDeque<>();

        private long begin;
        private long sent;
        private boolean isEnded;
        private @Nullable Throwable endFault;
        private @Nullable Throwable failure;
        private Scheduler.@Nullable Task look;

        Outgoing(Request request, Response response, Callback callback) {
            super(request, response);
            this.request = request;
            this.callback = callback;
        }

        @Override
        public void write(boolean last, @Nullable ByteBuffer content, Callback written) {
            ByteBuffer bytes = content == null ? BufferUtil.EMPTY_BUFFER : content;
            boolean isKept = false;
            Throwable fault;
            synchronized (this) {
                fault = failure;
                if (fault == null) {
                    isKept = memory.tryTake(bytes.remaining());
                    parts.add(isKept ? new Part(copy(bytes), last, null) : new Part(bytes, last, written));
                }
            }
            if (fault != null) {
                written.failed(fault);
                return;
            }
            sending.iterate();
            if (isKept) {
                written.succeeded();
            }
            synchronized (this) {
                if (look == null && isWaiting()) {
                    begin = NanoTime.now();
                    lookLater(0);
                }
            }
        }

        private static ByteBuffer copy(ByteBuffer content) {
            ByteBuffer copy = ByteBuffer.allocate(content.remaining());
            return copy.put(content).flip();
        }

        private void send(boolean last, ByteBuffer piece, Callback done) {
            super.write(last, piece, done);
        }

        /** Nothing more is written. */
        void end() {
            end(null);
        }

        /** @param fault what broke the writing off; null for nothing */
        private void end(@Nullable Throwable fault) {
            Throwable failed;
            synchronized (this) {
                isEnded = true;
                endFault = fault;
                failed = failure;
            }
            if (failed == null) {
                sending.iterate();
            } else {
                callback.failed(failed);
            }
        }

        private boolean isWaiting() {
            return failure == null && !parts.isEmpty();
        }

        private void lookLater(long millis) {
            look = request.getComponents()
                    .getScheduler()
                    .schedule(this::look, patience.millisToNextLook(millis), TimeUnit.MILLISECONDS);
        }

        private void look() {
            synchronized (this) {
                long millis = NanoTime.millisSince(begin);
                look = null;
                if (!isWaiting()) {
                    return;
                }
                if (!patience.isOver(millis, sent)) {
                    lookLater(millis);
                    return;
                }
            }
            // What is being sent fails by that.
            request.getConnectionMetaData()
                    .getConnection()
                    .getEndPoint()
                    .close(new EofException("It is read too slowly"));
        }

        private void release() {
            synchronized (this) {
                if (look != null) {
                    look.cancel();
                    look = null;
                }
            }
            memory.close();
        }

        /** Sends piece by piece; called again when the client has taken one. */
        private final class Sending extends IteratingCallback {
            private int piece;

            @Override
            protected Action process() {
                ByteBuffer bytes;
                boolean last;
                synchronized (Outgoing.this) {
                    Part part = parts.peek();
                    if (part == null) {
                        return isEnded ? Action.SUCCEEDED : Action.IDLE;
                    }
                    ByteBuffer content = part.content();
                    piece = Math.min(PIECE, content.remaining());
                    bytes = content.slice(content.position(), piece);
                    content.position(content.position() + piece);
                    last = part.last() && !content.hasRemaining();
                }
                send(last, bytes, this);
                return Action.SCHEDULED;
            }

            @Override
            protected void onSuccess() {
                Callback written = null;
                synchronized (Outgoing.this) {
                    sent += piece;
                    Part part = parts.peek();
                    if (part != null && !part.content().hasRemaining()) {
                        parts.remove();
                        written = part.written();
                    }
                }
                if (written != null) {
                    written.succeeded();
                }
            }

            @Override
            protected void onCompleteSuccess() {
                release();
                if (endFault == null) {
                    callback.succeeded();
                } else {
                    callback.failed(endFault);
                }
            }

            /** The request is over when the one who writes has seen it too, and not before. */
            @Override
            protected void onCompleteFailure(Throwable cause) {
                List<Part> left;
                boolean hasEnded;
                synchronized (Outgoing.this) {
                    failure = cause;
                    hasEnded = isEnded;
                    left = List.copyOf(parts);
                    parts.clear();
                }
                release();
                left.stream().map(Part::written).filter(Objects::nonNull).forEach(written -> written.failed(cause));
                if (hasEnded) {
                    callback.failed(cause);
                }
            }

            /** A thread that sends may be needed by those that wait. */
            @Override
            public InvocationType getInvocationType() {
                return InvocationType.NON_BLOCKING;
            }
        }
    }
}
