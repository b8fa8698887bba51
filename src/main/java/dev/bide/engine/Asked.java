package dev.bide.engine;

import dev.bide.workflow.Refusal;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.TimerDraft;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something new, as somebody asks for it: a draft, or why there can be none. One of the two is there.
 *
 * @param key the caller's own name for it, which tells what came of it before; null where it has none, or one that breaks a rule itself
 * @param <D> the draft
 */
public record Asked<D>(
        @Nullable String key, @Nullable D draft, @Nullable Refusal refusal) {
    public Asked {
        if ((draft == null) == (refusal == null)) {
            throw new IllegalArgumentException("either a draft or a refusal");
        }
    }

    public static <D> Asked<D> of(@Nullable String key, D draft) {
        return new Asked<>(key, draft, null);
    }

    public static Asked<TimerDraft> of(TimerDraft draft) {
        return of(draft.key(), draft);
    }

    public static Asked<RunDraft> of(RunDraft draft) {
        return of(draft.key(), draft);
    }

    public static <D> Asked<D> refused(@Nullable String key, Refusal why) {
        return new Asked<>(key, null, why);
    }

    /** Of one without a draft. */
    public Refusal why() {
        return Objects.requireNonNull(refusal, "there is a draft");
    }
}
