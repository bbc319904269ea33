using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Streamz.Dataflow.Serving;

/// <summary>Makes an element of a body; false if it is none.</summary>
internal delegate bool TryDecode<T>(byte[] body, [MaybeNullWhen(false)] out T value);

/// <summary>Serves a request whose body is an element.</summary>
internal static class PostedBody
{
    private const int BlockSize = 1 << 13;

    public static TryDecode<byte[]> Bytes { get; } = static (byte[] body, [MaybeNullWhen(false)] out byte[] value) =>
    {
        value = body;
        return true;
    };

    public static TryDecode<string> Text(Encoding? encoding)
    {
        var strict = (Encoding)(encoding ?? Encoding.UTF8).Clone();
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        return (byte[] body, [MaybeNullWhen(false)] out string value) =>
        {
            try
            {
                value = strict.GetString(body);
                return true;
            }
            catch (DecoderFallbackException)
            {
                value = null;
                return false;
            }
        };
    }

    public static TryDecode<T> Json<T>(JsonSerializerOptions options) => (byte[] body, [MaybeNullWhen(false)] out T value) =>
    {
        try
        {
            value = JsonSerializer.Deserialize<T>(body, options);
            return value is not null;
        }
        catch (JsonException)
        {
            value = default;
            return false;
        }
    };

    /// <summary>Reads the body, gives it to a pipeline, and sets the status of the answer.</summary>
    /// <param name="http">The request.</param>
    /// <param name="maxLength">How many bytes the body may have.</param>
    /// <param name="decode">Makes the element.</param>
    /// <param name="deliver">Gives the element to the pipeline, waits until that is done with it, and says with which status to answer.</param>
    /// <param name="ending">Cancelled when no element is taken any more.</param>
    /// <exception cref="IOException">The body broke off, or was sent wrongly.</exception>
    /// <exception cref="OperationCanceledException">The client has gone before its element was accepted.</exception>
    public static async Task ServeAsync<T>(HttpContext http, int maxLength, TryDecode<T> decode, Func<T, CancellationToken, Task<int>> deliver, CancellationToken ending)
    {
        byte[]? body;
        try
        {
            body = await ReadAsync(http.Request, maxLength, ending).ConfigureAwait(false);
        }
        catch (BadHttpRequestException failure)
        {
            http.Response.StatusCode = failure.StatusCode;
            throw;
        }
        catch (OperationCanceledException failure) when (!ending.IsCancellationRequested)
        {
            throw new IOException("The body broke off.", failure);
        }
        catch (Exception) when (ending.IsCancellationRequested)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        http.Response.StatusCode = body is null ? StatusCodes.Status413PayloadTooLarge
            : !decode(body, out var value) ? StatusCodes.Status400BadRequest
            : await deliver(value, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Which status says what became of an element.</summary>
    public static int StatusOf(DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.Delivered => StatusCodes.Status200OK,
        DeliveryOutcome.Dropped => StatusCodes.Status202Accepted,
        DeliveryOutcome.Abandoned => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>Reads a body; null if it is too long.</summary>
    private static async Task<byte[]?> ReadAsync(HttpRequest request, int maxLength, CancellationToken ending)
    {
        if (request.ContentLength > maxLength)
        {
            return null;
        }

        using var body = new MemoryStream();
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            while (await request.Body.ReadAsync(block, ending).ConfigureAwait(false) is > 0 and var count)
            {
                if (count > maxLength - body.Length)
                {
                    return null;
                }

                body.Write(block, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        return body.ToArray();
    }
}
