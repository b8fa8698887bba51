package dev.bide.engine.accept;

import dev.bide.engine.Acceptance;
import dev.bide.engine.Asked;
import dev.bide.jobstore.DatabaseFault;
import dev.bide.workflow.Refusal;
import dev.bide.workflow.store.KeyHolder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The one rule of keys: who repeats a request finds what came of it, whatever else is wrong with it by now. */
public final class Repeats {
    private Repeats() {}

    /** What has the key of one that is refused. One without a key asks no database. */
    public static Optional<KeyHolder> find(
            Asked<?> refused, Function<Collection<String>, Map<String, KeyHolder>> find) {
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
        Map<Integer, String> keys = IntStream.range(0, asked.size())
                .filter(i -> asked.get(i).key() != null && isInvalid(results.get(i)))
                .boxed()
                .collect(Collectors.toMap(
                        i -> i, i -> Objects.requireNonNull(asked.get(i).key())));
        if (!keys.isEmpty()) {
            answer(results, keys, find);
        }
        return results;
    }

    private static boolean isInvalid(Acceptance<?> result) {
        return result instanceof Acceptance.Refused<?> refused && refused.why().reason() == Refusal.Reason.INVALID;
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
