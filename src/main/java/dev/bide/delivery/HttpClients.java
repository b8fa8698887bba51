package dev.bide.delivery;

import dev.bide.delivery.address.AddressGuard;
import dev.bide.delivery.address.HostResolver;
import dev.bide.delivery.answer.RetryAfter;
import dev.bide.delivery.connection.CallTrace;
import dev.bide.delivery.connection.CountingTlsSocketFactory;
import dev.bide.delivery.connection.GuardedSocketFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;

/** The OkHttp client that all destinations' clients are made from. */
final class HttpClients {

    private static final EventListener NOT_TRACED = new EventListener() {};

    private HttpClients() {}

    /**
     * One request, one answer, and nothing that a caller would not see. No redirects, cookies, cache, credentials,
     * proxies. No second sending by OkHttp: {@link OkHttpDeliverer} decides on that. HTTP/1.1 alone, so that a call has its
     * connection to itself: a stalled connection stalls one call. No timeout but that for connecting: the whole call
     * has one.
     */
    static OkHttpClient create(Duration connectTimeout, AddressGuard guard, HostResolver resolver) {
        OkHttpClient client = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.HTTP_1_1))
                .proxy(Proxy.NO_PROXY)
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                .connectTimeout(connectTimeout)
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .socketFactory(new GuardedSocketFactory(guard))
                .dns(host -> addresses(resolver, host, connectTimeout))
                .addNetworkInterceptor(HttpClients::sendOnce)
                .eventListenerFactory(call -> {
                    CallTrace trace = call.request().tag(CallTrace.class);
                    return trace == null ? NOT_TRACED : trace;
                })
                .build();
        // The same trust as before, over sockets that count.
        return client.newBuilder()
                .sslSocketFactory(
                        new CountingTlsSocketFactory(client.sslSocketFactory()),
                        Objects.requireNonNull(client.x509TrustManager()))
                .build();
    }

    /** Whoever began the call may not make it any more. */
    static final class NotOursException extends IOException {
        NotOursException() {
            super("this node may not call any more");
        }
    }

    /**
     * Looks once more whether the call may be made, now that it has waited for names and its connection. On 503 with
     * {@code Retry-After: 0} OkHttp would send the request again by itself, and fails on a number too big for an int.
     */
    private static Response sendOnce(Interceptor.Chain chain) throws IOException {
        CallTrace trace = chain.request().tag(CallTrace.class);
        if (trace != null && !trace.mayCall()) {
            throw new NotOursException();
        }
        Response response = chain.proceed(chain.request());
        return response.code() == 503
                ? response.newBuilder().removeHeader(RetryAfter.NAME).build()
                : response;
    }

    private static List<InetAddress> addresses(HostResolver resolver, String host, Duration wait)
            throws UnknownHostException {
        try {
            return resolver.addresses(host, wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown("interrupted while looking up " + host, e);
        } catch (UnknownHostException e) {
            throw e;
        } catch (IOException e) {
            throw unknown(e.getMessage() == null ? host : e.getMessage(), e);
        }
    }

    private static UnknownHostException unknown(String message, Exception cause) {
        UnknownHostException exception = new UnknownHostException(message);
        exception.initCause(cause);
        return exception;
    }
}
