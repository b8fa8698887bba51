package dev.bide.http.resource;

import dev.bide.engine.Accepted;
import dev.bide.engine.RunView;
import dev.bide.engine.Runs;
import dev.bide.engine.Timers;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.RunAnswer;
import dev.bide.http.answer.TimerAnswer;
import dev.bide.http.body.Body;
import dev.bide.http.request.Drafts;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerDraft;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * New timers and runs, from body to answer, whichever way they come in. No thread waits for the writing: each completes once it is stored, on a thread that must not be held up. Only one
 * that is refused and has a key is looked up on the caller's thread. Thread-safe.
 */
public final class Accepting {
    private final Timers timers;
    private final Runs runs;
    private final Requests requests;
    private final Answers answers;

    public Accepting(Timers timers, Runs runs, Requests requests, Answers answers) {
        this.timers = timers;
        this.runs = runs;
        this.requests = requests;
        this.answers = answers;
    }

    /** Completed by one of the server's threads: Jersey writes answers as servlets do, which may wait for who reads slowly. */
    static CompletionStage<Response> handedOver(CompletableFuture<Response> answer, ContainerRequestContext request) {
        return answer.whenCompleteAsync((stored, fault) -> {}, Body.threads(request));
    }

    /** @param traceparent that the request came with, if any */
    CompletableFuture<Response> timer(Body body, @Nullable String traceparent) {
        return timers.create(requests.<TimerDraft>asked(body, Drafts::timer), traceparent)
                .thenApply(this::answer);
    }

    private Response answer(Accepted<Timer> timer) {
        return answers.accepted(timer.created(), "timers", timer.value().id(), TimerAnswer.of(timer.value()));
    }

    /** @param traceparent that the request came with, if any */
    CompletableFuture<Response> run(UUID workflow, Body body, @Nullable String traceparent) {
        return runs.start(workflow, requests.<RunDraft>asked(body, requests::run), traceparent)
                .thenApply(this::started);
    }

    private Response started(Accepted<RunView> run) {
        return answers.accepted(run.created(), "runs", run.value().run().id(), RunAnswer.of(run.value()));
    }
}
