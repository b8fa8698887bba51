package dev.bide.engine.figures;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers, kept for some seconds: many who ask the same cost what one does. Whoever asks first finds the answer, on his thread; who asks meanwhile waits for it, or
 * fails with him: a database that is away is asked once, not by all of them in turn. A failure is not kept. Who asks something else waits for nobody. Thread-safe.
 *
 * @param <Q> what is asked: a value, so that the same is equal
 * @param <A> what is answered: never changed
 */
public final class Recent<Q, A> {
    private final long kept;
    private final int most;
    private final LongSupplier nanoTime;

    /** In the order of their asking. */
    private final Map<Q, Asked<A>> answers = new LinkedHashMap<>();

    /**
     * @param kept how long, from when an answer was begun
     * @param most answers in memory; where more are asked for, the oldest goes
     */
    public Recent(Duration kept, int most) {
        this(kept, most, System::nanoTime);
    }

    Recent(Duration kept, int most, LongSupplier nanoTime) {
        this.kept = kept.toNanos();
        this.most = most;
        this.nanoTime = nanoTime;
    }

    /** @param find may throw, and may not ask this one in turn */
    public A answer(Q question, Function<Q, A> find) {
        Asked<A> mine = new Asked<>(nanoTime.getAsLong(), new CompletableFuture<>());
        Asked<A> found = orPut(question, mine);
        if (found != null) {
            return found.await();
        }
        try {
            mine.result.complete(find.apply(question));
        } catch (RuntimeException | Error e) {
            forget(question, mine);
            mine.result.completeExceptionally(e);
        }
        return mine.await();
    }

    private synchronized @Nullable Asked<A> orPut(Q question, Asked<A> mine) {
        Asked<A> known = answers.get(question);
        if (known != null && (!known.result.isDone() || mine.begun - known.begun < kept)) {
            return known;
        }
        answers.remove(question);
        answers.put(question, mine);
        dropOld(mine.begun);
        return null;
    }

    private void dropOld(long now) {
        Iterator<Asked<A>> oldest = answers.values().iterator();
        while (oldest.hasNext()) {
            Asked<A> next = oldest.next();
            if (answers.size() <= most && (!next.result.isDone() || now - next.begun < kept)) {
                return;
            }
            oldest.remove();
        }
    }

    private synchronized void forget(Q question, Asked<A> mine) {
        answers.remove(question, mine);
    }

    private record Asked<A>(long begun, CompletableFuture<A> result) {
        A await() {
            try {
                return result.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof RuntimeException fault) {
                    throw fault;
                }
                if (e.getCause() instanceof Error fault) {
                    throw fault;
                }
                throw e;
            }
        }
    }
}
