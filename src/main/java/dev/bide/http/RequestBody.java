package dev.bide.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the bytes of a request's body: never more than its limit, and only UTF-8. */
final class RequestBody {
    private static final Logger LOG = LoggerFactory.getLogger(RequestBody.class);

    private RequestBody() {}

    /** @param limit in bytes, after unpacking where the body came compressed */
    static byte[] read(ContainerRequestContext request, int limit) {
        if (request.getLength() > limit) {
            throw tooLarge(limit);
        }
        byte[] bytes = read(request.getEntityStream(), limit);
        if (bytes.length > limit) {
            throw tooLarge(limit);
        }
        checkUtf8(bytes);
        return bytes;
    }

    /** One byte more than the limit tells that there is more. Grows as bytes come, so that a promise of many costs nothing. */
    private static byte[] read(InputStream stream, int limit) {
        try {
            return stream.readNBytes(limit + 1);
        } catch (IOException | RuntimeException e) {
            // The server tells bad chunks, a client that is gone, and bad gzip in many ways; all are the client's.
            LOG.debug("A request body could not be read", e);
            throw RequestException.malformed("The body could not be read to its end");
        }
    }

    /** Jackson lets overlong and other forbidden forms pass. */
    private static void checkUtf8(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(Math.min(bytes.length + 1, 8_192));
        CoderResult result = decoder.decode(in, out, true);
        while (result.isOverflow()) {
            out.clear();
            result = decoder.decode(in, out, true);
        }
        if (result.isError()) {
            throw RequestException.malformed("The body is not UTF-8");
        }
    }

    private static RequestException tooLarge(int limit) {
        return new RequestException(ProblemType.TOO_LARGE, "The body must have at most " + limit + " bytes");
    }
}
