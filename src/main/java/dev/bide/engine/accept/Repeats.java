package dev.bide.engine.accept;

import dev.bide.engine.Acceptance;
import dev.bide.engine.Accepted;
import dev.bide.engine.Asked;
import dev.bide.jobstore.DatabaseFault;
import dev.bide.workflow.Refusal;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.store.KeyHolder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The one rule of keys: who repeats a request finds what came of it, whatever else is wrong with it by now. */
public final class Repeats {
    private Repeats() {}

    /**
     * One request's way. Completes once it is on disk, on the thread that wrote it.
     *
     * @param read what a holder of the key holds; it goes with its history, maybe just now
     * @param readers read what the writer of a batch must not wait for
     */
    public static <D, T> CompletableFuture<Accepted<T>> one(
            Asked<D> asked,
            Function<D, CompletableFuture<Acceptance<T>>> store,
            Function<Collection<String>, Map<String, KeyHolder>> find,
            Function<KeyHolder, T> read,
            Executor readers) {
        if (asked.draft() != null) {
            return store.apply(asked.draft()).thenCompose(result -> accepted(result, read, readers));
        }
        return find(asked, find)
                .map(before -> CompletableFuture.completedFuture(new Accepted<>(read.apply(before), false)))
                .orElseGet(() -> CompletableFuture.failedFuture(new RefusedException(asked.why())));
    }

    private static <T> CompletableFuture<Accepted<T>> accepted(
            Acceptance<T> result, Function<KeyHolder, T> read, Executor readers) {
        if (result instanceof Acceptance.Created<T> created) {
            return CompletableFuture.completedFuture(new Accepted<>(created.value(), true));
        }
        if (result instanceof Acceptance.Existing<T> before) {
            return CompletableFuture.supplyAsync(() -> new Accepted<>(read.apply(before.holder()), false), readers);
        }
        return CompletableFuture.failedFuture(new RefusedException(((Acceptance.Refused<T>) result).why()));
    }

    /** What has the key of one that is refused. One without a key asks no database. */
    static Optional<KeyHolder> find(Asked<?> refused, Function<Collection<String>, Map<String, KeyHolder>> find) {
        String key = refused.key();
        return key == null
                ? Optional.empty()
                : Optional.ofNullable(find.apply(List.of(key)).get(key));
    }

    /**
     * Stores the drafts among {@code asked}, and puts what came of each in its place.
     *
     * @param find what has these keys: asked once, after all is stored, so that it finds what another of them has just made
     */
    public static <D, T> List<Acceptance<T>> store(
            List<Asked<D>> asked,
            Function<List<D>, List<Acceptance<T>>> store,
            Function<Collection<String>, Map<String, KeyHolder>> find) {
        List<D> drafts =
                asked.stream().map(Asked::draft).filter(Objects::nonNull).toList();
        Iterator<Acceptance<T>> stored = store.apply(drafts).iterator();
        List<Acceptance<T>> results = new ArrayList<>(asked.size());
        for (Asked<D> one : asked) {
            results.add(one.draft() == null ? new Acceptance.Refused<>(one.why()) : stored.next());
        }
        // Of a draft the store has looked for its key itself.
        Map<Integer, String> keys = IntStream.range(0, asked.size())
                .filter(i -> asked.get(i).key() != null && asked.get(i).draft() == null)
                .boxed()
                .collect(Collectors.toMap(
                        i -> i, i -> Objects.requireNonNull(asked.get(i).key())));
        if (!keys.isEmpty()) {
            answer(results, keys, find);
        }
        return results;
    }

    private static <T> void answer(
            List<Acceptance<T>> results,
            Map<Integer, String> keys,
            Function<Collection<String>, Map<String, KeyHolder>> find) {
        Map<String, KeyHolder> before = findUnlessAway(results, keys.values(), find);
        keys.forEach((place, key) -> {
            KeyHolder holder = before == null ? null : before.get(key);
            if (holder != null) {
                results.set(place, new Acceptance.Existing<>(holder));
            } else if (before == null) {
                results.set(place, new Acceptance.Refused<>(Refusal.away()));
            }
        });
    }

    /** Null where the database is away by now though it has stored some: these must not be told that they failed with all. */
    private static <T> @Nullable Map<String, KeyHolder> findUnlessAway(
            List<Acceptance<T>> results,
            Collection<String> keys,
            Function<Collection<String>, Map<String, KeyHolder>> find) {
        try {
            return find.apply(keys.stream().distinct().toList());
        } catch (RuntimeException e) {
            if (DatabaseFault.of(e).isOfTheCircumstances()
                    && results.stream().anyMatch(Acceptance.Created.class::isInstance)) {
                return null;
            }
            throw e;
        }
    }
}
