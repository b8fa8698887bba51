package dev.bide.http.guard;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * The answer to a HEAD whose GET might be packed: without a length, since that would be another one (RFC 9110, 8.6). Jetty takes what ends
 * before it is begun for empty, so that the headers go ahead.
 */
final class HeadResponse extends Response.Wrapper {
    HeadResponse(Request request, Response wrapped) {
        super(request, wrapped);
    }

    @Override
    public void write(boolean last, ByteBuffer content, Callback callback) {
        if (isCommitted()) {
            super.write(last, content, callback);
            return;
        }
        getHeaders().remove(HttpHeader.CONTENT_LENGTH);
        if (last) {
            super.write(
                    false,
                    BufferUtil.EMPTY_BUFFER,
                    Callback.from(() -> super.write(true, content, callback), callback::failed));
        } else {
            super.write(false, content, callback);
        }
    }
}
