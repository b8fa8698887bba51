package dev.bide.delivery;

import dev.bide.delivery.DeliveryOutcome.Attempted;
import dev.bide.delivery.DeliveryOutcome.Deferred;
import dev.bide.delivery.DeliveryOutcome.Delivered;
import dev.bide.delivery.DeliveryOutcome.Reason;
import dev.bide.delivery.DeliveryOutcome.Refused;
import dev.bide.delivery.DeliveryOutcome.Retryable;
import dev.bide.delivery.HttpClients.NotOursException;
import dev.bide.delivery.address.BlockedAddressException;
import dev.bide.delivery.address.HostResolver;
import dev.bide.delivery.address.HostResolver.NoPlaceException;
import dev.bide.delivery.address.Lookups;
import dev.bide.delivery.address.Target;
import dev.bide.delivery.answer.AnswerReader;
import dev.bide.delivery.answer.AnswerText;
import dev.bide.delivery.answer.RetryAfter;
import dev.bide.delivery.connection.CallTrace;
import dev.bide.delivery.destination.Deferrals;
import dev.bide.delivery.destination.Destination;
import dev.bide.delivery.destination.Destinations;
import dev.bide.delivery.destination.Tally;
import dev.bide.delivery.destination.Threads;
import dev.bide.delivery.destination.Verdict;
import dev.bide.delivery.template.UnfillableException;
import dev.bide.trace.CallSpan;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls third parties by OkHttp.
 *
 * <p>A connection that lay idle may have been closed by its server just as it is used again. Such a call is sent once more
 * within its attempt, where not a byte of an answer came: RFC 9112 section 9.3.1 allows it to a client that knows the
 * request to be idempotent, and the receiver can tell by the {@code Idempotency-Key}. It is counted as
 * {@link DeliveryFigures#resent}. Nothing else is ever sent twice in an attempt.
 */
final class OkHttpDeliverer implements Deliverer {

    private static final Logger LOG = LoggerFactory.getLogger(OkHttpDeliverer.class);

    private final Destinations destinations;
    private final Deferrals deferrals;
    private final NodeFaults faults;
    private final HostResolver resolver;
    private final RequestWriter writer;
    private final AnswerReader reader;
    private final InstantSource clock;
    private final Tally tally;

    OkHttpDeliverer(
            Destinations destinations,
            Deferrals deferrals,
            NodeFaults faults,
            HostResolver resolver,
            RequestWriter writer,
            AnswerReader reader,
            InstantSource clock,
            Tally tally) {
        this.destinations = destinations;
        this.deferrals = deferrals;
        this.faults = faults;
        this.resolver = resolver;
        this.writer = writer;
        this.reader = reader;
        this.clock = clock;
        this.tally = tally;
    }

    @Override
    public DeliveryOutcome deliver(DeliveryRequest request, BooleanSupplier mayCall) {
        return Objects.requireNonNull(
                deliver(request.action().url(), request.lane(), () -> request, mayCall, request.test()));
    }

    @Override
    public Shown show(DeliveryRequest request) {
        try {
            return new Shown(writer.show(request), null);
        } catch (UnfillableException e) {
            return new Shown(null, Text.printable(e.getMessage()));
        }
    }

    @Override
    public Deferred putOff(Reason reason) {
        Deferred deferred = deferrals.soon(reason);
        tally.count(deferred);
        return deferred;
    }

    @Override
    public @Nullable DeliveryOutcome deliver(
            String address, int lane, Preparation preparation, BooleanSupplier mayCall) {
        return deliver(address, lane, preparation, mayCall, false);
    }

    /** @param test no timer's call: no figure counts what came of it, and no timer waits for it to come back */
    private @Nullable DeliveryOutcome deliver(
            String address, int lane, Preparation preparation, BooleanSupplier mayCall, boolean test) {
        Target target = Target.of(address);
        if (target == null) {
            DeliveryRequest request = preparation.request();
            if (request == null || !address.equals(request.action().url())) {
                return request == null ? null : deliver(request, mayCall);
            }
            Refused refused = new Refused(clock.instant(), Duration.ZERO, null, "the url can't be called");
            return test ? refused : tally.count(refused);
        }
        if (Thread.currentThread().isInterrupted()) {
            Deferred interrupted = new Deferred(Duration.ZERO, Reason.INTERRUPTED);
            return test ? interrupted : tally.count(interrupted);
        }
        Destination destination = destinations.of(target.name());
        NodeFaults.Permit permit = faults.admit();
        if (permit == NodeFaults.Permit.WAIT) {
            return test
                    ? new Deferred(Duration.ZERO, Reason.NODE_FAULT)
                    : tally.count(deferrals.soon(Reason.NODE_FAULT));
        }
        try {
            Destination.Admission admission = destination.admit();
            if (admission.place() != null) {
                return attempt(address, preparation, mayCall, target.url(), destination, admission.place());
            }
            Deferred deferred = Objects.requireNonNull(admission.deferred());
            return test ? deferred : putOff(destination, deferred, lane);
        } finally {
            if (permit == NodeFaults.Permit.TRY) {
                faults.tried();
            }
        }
    }

    private DeliveryOutcome putOff(Destination destination, Deferred deferred, int lane) {
        destination.count(deferred, 0);
        return deferrals.of(destination, deferred, lane);
    }

    private @Nullable DeliveryOutcome attempt(
            String address,
            Preparation preparation,
            BooleanSupplier mayCall,
            HttpUrl url,
            Destination destination,
            Threads.Place place) {
        tally.begun();
        Attempt attempt = null;
        DeliveryOutcome outcome = null;
        try {
            DeliveryRequest request = preparation.request();
            if (request == null) {
                return null;
            }
            if (!address.equals(request.action().url())) {
                // It is another than was said: whoever is called must have a place for it.
                return deliver(request, mayCall);
            }
            attempt = new Attempt(request, mayCall, url, destination);
            outcome = attempt.make();
            if (request.test()) {
                return outcome;
            }
            destination.count(outcome, attempt.elapsed());
            return tally.count(outcome);
        } finally {
            if (attempt != null) {
                attempt.end(outcome);
            }
            boolean answered = outcome instanceof Attempted attempted && attempted.httpStatus() != null;
            destination.release(
                    place,
                    verdict(outcome),
                    answered,
                    attempt == null ? null : attempt.asked(outcome),
                    attempt == null ? 0 : attempt.elapsed());
            tally.ended();
        }
    }

    /**
     * What the destination as a whole can be blamed for: that it doesn't answer, or says itself that it can't take calls now
     * (429, 503) or isn't there behind its gateway (502, 504). Any other answer, 500 too, is about the call.
     */
    private static Verdict verdict(@Nullable DeliveryOutcome outcome) {
        if (!(outcome instanceof Attempted attempted)) {
            return Verdict.UNKNOWN;
        }
        Integer status = attempted.httpStatus();
        if (status == null) {
            return outcome instanceof Retryable ? Verdict.FAILED : Verdict.UNKNOWN;
        }
        return switch (status) {
            case 429, 502, 503, 504 -> Verdict.FAILED;
            default -> Verdict.WELL;
        };
    }

    /** One attempt, by one thread. */
    private final class Attempt {

        private final DeliveryRequest delivery;
        private final BooleanSupplier mayCall;
        private final HttpUrl url;
        private final Destination destination;
        private final Instant startedAt = clock.instant();
        private final long startedNanos = System.nanoTime();
        private final CallSpan span;

        /** Whether there was a connection, so that a failure is nobody's but the third party's. */
        private boolean connected;

        /** The first sending was lost, and may have reached the third party all the same: the attempt is spent, whatever becomes of the second. */
        private boolean resent;

        Attempt(DeliveryRequest delivery, BooleanSupplier mayCall, HttpUrl url, Destination destination) {
            this.delivery = delivery;
            this.mayCall = mayCall;
            this.url = url;
            this.destination = destination;
            this.span = delivery.firing().call(delivery.action().method(), url.host(), url.port());
        }

        void end(@Nullable DeliveryOutcome outcome) {
            if (outcome instanceof Attempted attempted) {
                boolean delivered = outcome instanceof Delivered;
                span.end(attempted.httpStatus(), delivered ? null : outcome instanceof Refused ? "refused" : "failed");
            } else {
                span.end(null, null);
            }
        }

        long elapsed() {
            return System.nanoTime() - startedNanos;
        }

        /**
         * For how long the destination as a whole wants to be left alone: no longer than the timer that was told so will wait itself, or it would be held back by
         * what it does not honour.
         */
        @Nullable
        Duration asked(@Nullable DeliveryOutcome outcome) {
            if (!(outcome instanceof Retryable retryable) || retryable.httpStatus() == null) {
                return null;
            }
            int status = retryable.httpStatus();
            Duration asked = status == 429 || status == 503 ? retryable.retryAfter() : null;
            return asked == null || asked.compareTo(delivery.maxBackoff()) < 0 ? asked : delivery.maxBackoff();
        }

        DeliveryOutcome make() {
            try {
                resolver.addresses(url.host(), delivery.timeout());
                DeliveryOutcome lost = send();
                if (lost == null) {
                    resent = true;
                    tally.resent();
                    destination.client().connectionPool().evictAll();
                    lost = send();
                }
                return lost == null ? retryable("the connection was closed before an answer came") : lost;
            } catch (UnfillableException e) {
                return new Refused(startedAt, duration(), null, Text.printable(e.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return interrupted();
            } catch (IOException e) {
                return failed(e);
            } catch (RuntimeException e) {
                LOG.atError()
                        .addKeyValue("timer", delivery.id())
                        .addKeyValue("destination", destination.name())
                        .setCause(e)
                        .log("Timer {}: calling {} failed in an unforeseen way", delivery.id(), destination.name());
                return retryable("internal error: " + e.getClass().getSimpleName());
            }
        }

        /** Null where the call was lost on a connection that an earlier call had left. */
        private @Nullable DeliveryOutcome send() throws IOException, UnfillableException {
            long left = delivery.timeout().toNanos() - elapsed();
            if (left <= 0) {
                throw new InterruptedIOException("timeout");
            }
            CallTrace trace = new CallTrace(mayCall, faults::reached);
            Request request = writer.write(url, delivery, trace, span.traceparent());
            Call call = destination.client().newCall(request);
            call.timeout().timeout(left, TimeUnit.NANOSECONDS);
            AnswerText answer = AnswerText.NONE;
            try (Response response = call.execute()) {
                answer = reader.read(call, response, delivery.test());
            } catch (IOException e) {
                connected |= trace.connected();
                if (!trace.answered()) {
                    boolean stopped = e instanceof InterruptedIOException
                            || Thread.currentThread().isInterrupted();
                    if (trace.lostOnUsedConnection() && !stopped && !(e instanceof NotOursException)) {
                        return null;
                    }
                    throw e;
                }
            } catch (RuntimeException e) {
                // OkHttp is not proof against all that can be answered, as a status below 0.
                if (!trace.connected()) {
                    throw e;
                }
                call.cancel();
                if (!trace.answered()) {
                    LOG.debug("Timer {}: the answer of {} can't be read", delivery.id(), destination.name(), e);
                    return retryable("the answer can't be read");
                }
            }
            return answered(trace, answer);
        }

        private DeliveryOutcome answered(CallTrace trace, AnswerText answer) {
            int status = trace.status();
            if (status >= 200 && status < 300) {
                return new Delivered(startedAt, duration(), status, answer.text());
            }
            String excerpt = answer.ofError();
            String error = Text.printable(excerpt.isEmpty() ? "answer " + status : "answer " + status + ": " + excerpt);
            // What no class of statuses holds counts as 5xx.
            boolean again = status == 408 || status == 425 || status == 429 || status >= 500 || status < 100;
            return again
                    ? new Retryable(
                            startedAt,
                            duration(),
                            status,
                            error,
                            answer.text(),
                            RetryAfter.parse(trace.headers(), clock.instant()))
                    : new Refused(startedAt, duration(), status, error, answer.text());
        }

        private DeliveryOutcome failed(IOException e) {
            BlockedAddressException blocked = Text.find(BlockedAddressException.class, e);
            if (blocked != null) {
                return new Refused(
                        startedAt, duration(), null, Text.printable("must not be called: " + blocked.getMessage()));
            }
            boolean outOfTime = e instanceof InterruptedIOException
                    && elapsed() >= delivery.timeout().toNanos();
            if (resent) {
                return retryable(
                        outOfTime ? late() : "the connection was closed before an answer came, then: " + words(e));
            }
            if (e instanceof NotOursException) {
                return new Deferred(Duration.ofSeconds(1), Reason.NOT_OURS);
            }
            if (Text.find(NoPlaceException.class, e) != null) {
                return deferrals.soon(Reason.LOOKUPS_FULL);
            }
            // A socket of a virtual thread is closed by the interrupt, and says no more than that it was closed.
            if (!outOfTime && Thread.currentThread().isInterrupted()) {
                return interrupted();
            }
            if (!connected && faults.failed(unreached(e), destination.known(), isLate(), e)) {
                return deferrals.soon(Reason.NODE_FAULT);
            }
            return retryable(outOfTime ? late() : words(e));
        }

        private String late() {
            return "no answer within " + delivery.timeout().toMillis() + " ms";
        }

        /** Whether it has waited for so long that it waits for no network any more. */
        private boolean isLate() {
            return startedAt.isAfter(delivery.dueAt().plus(NodeFaults.LONGEST));
        }

        /** What a failure before there was a connection says of: a zone, or the destination. */
        private String unreached(IOException e) {
            return e instanceof UnknownHostException
                    ? Lookups.zone(url.host())
                    : destination.name().toString();
        }

        private static String words(IOException e) {
            String message = e.getMessage();
            if (e instanceof SSLException) {
                return "TLS: " + message;
            }
            if (e instanceof UnknownHostException) {
                return "DNS: " + message;
            }
            return message == null ? e.getClass().getSimpleName() : message;
        }

        private Retryable retryable(String error) {
            return new Retryable(startedAt, duration(), null, Text.printable(error), null);
        }

        private Deferred interrupted() {
            return new Deferred(Duration.ZERO, Reason.INTERRUPTED);
        }

        private Duration duration() {
            return Duration.ofNanos(elapsed());
        }
    }
}
