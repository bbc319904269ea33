using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streamz.Dataflow;
using Streamz.Dataflow.Serving;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Endpoints of an app that give what is posted to them to a pipeline.</summary>
/// <remarks>
/// A request is answered when the pipeline is done with its element: with 200 if it was delivered, 202 if a policy dropped it, 500 if a node failed on
/// it or the pipeline had failed before, and 503 if the pipeline takes no more elements, has as many emits waiting as
/// <see cref="StreamOptions.MaxWaitingEmits"/> allows, or stopped before the element was through. A body that is too long is answered with 413, one that is no element
/// with 400. No answer tells what went wrong inside. A client that goes takes its element back, unless it was accepted. An operator that
/// holds elements, such as <c>Partition</c>, holds their answers: give it a timeout.
/// </remarks>
public static class EmitterEndpoints
{
    /// <summary>Emits the text of each body that is posted to a path.</summary>
    /// <param name="endpoints">The app, or a group of its endpoints.</param>
    /// <param name="pattern">The pattern of the path, as for <c>MapPost</c>.</param>
    /// <param name="emitter">Takes the elements: a source, or the emitter of a hosted pipeline.</param>
    /// <param name="maxLength">How many bytes a body may have; at least 1. The default is 1,048,576.</param>
    /// <param name="encoding">The encoding; a body that is not in it is answered with 400. The default is UTF-8.</param>
    /// <returns>The endpoint, to ask for authorization or a rate limit, for example.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoints"/>, <paramref name="pattern"/> or <paramref name="emitter"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is less than 1.</exception>
    public static IEndpointConventionBuilder MapEmitter(
        this IEndpointRouteBuilder endpoints,
        string pattern,
        IEmitter<string> emitter,
        int maxLength = ServerAddress.DefaultMaxLength,
        Encoding? encoding = null) =>
        Map(endpoints, pattern, emitter, maxLength, PostedBody.Text(encoding));

    /// <summary>Emits the bytes of each body that is posted to a path.</summary>
    /// <param name="endpoints">The app, or a group of its endpoints.</param>
    /// <param name="pattern">The pattern of the path, as for <c>MapPost</c>.</param>
    /// <param name="emitter">Takes the elements: a source, or the emitter of a hosted pipeline.</param>
    /// <param name="maxLength">How many bytes a body may have; at least 1. The default is 1,048,576.</param>
    /// <returns>The endpoint, to ask for authorization or a rate limit, for example.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoints"/>, <paramref name="pattern"/> or <paramref name="emitter"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is less than 1.</exception>
    public static IEndpointConventionBuilder MapEmitter(
        this IEndpointRouteBuilder endpoints,
        string pattern,
        IEmitter<byte[]> emitter,
        int maxLength = ServerAddress.DefaultMaxLength) =>
        Map(endpoints, pattern, emitter, maxLength, PostedBody.Bytes);

    /// <summary>Emits the value of each JSON body that is posted to a path.</summary>
    /// <remarks>A body of another content type is answered with 415; one that is no value of the type, or null, with 400.</remarks>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="endpoints">The app, or a group of its endpoints.</param>
    /// <param name="pattern">The pattern of the path, as for <c>MapPost</c>.</param>
    /// <param name="emitter">Takes the elements: a source, or the emitter of a hosted pipeline.</param>
    /// <param name="maxLength">How many bytes a body may have; at least 1. The default is 1,048,576.</param>
    /// <param name="json">How JSON is read. The default is <see cref="JsonSerializerOptions.Web"/>.</param>
    /// <returns>The endpoint, to ask for authorization or a rate limit, for example.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoints"/>, <paramref name="pattern"/> or <paramref name="emitter"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is less than 1.</exception>
    public static IEndpointConventionBuilder MapJsonEmitter<T>(
        this IEndpointRouteBuilder endpoints,
        string pattern,
        IEmitter<T> emitter,
        int maxLength = ServerAddress.DefaultMaxLength,
        JsonSerializerOptions? json = null) =>
        Map(endpoints, pattern, emitter, maxLength, PostedBody.Json<T>(json ?? JsonSerializerOptions.Web), request => request.HasJsonContentType());

    private static IEndpointConventionBuilder Map<T>(
        IEndpointRouteBuilder endpoints,
        string pattern,
        IEmitter<T> emitter,
        int maxLength,
        TryDecode<T> decode,
        Func<HttpRequest, bool>? isOfType = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(emitter);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        return endpoints.MapPost(pattern, ServeAsync);

        async Task ServeAsync(HttpContext http)
        {
            if (isOfType?.Invoke(http.Request) == false)
            {
                http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
                return;
            }

            try
            {
                await PostedBody.ServeAsync(http, maxLength, decode, (value, gone) => DeliverAsync(emitter, value, gone), CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is IOException or OperationCanceledException)
            {
                // The client sent something wrong, which the status says, or has gone.
                if (failure is not BadHttpRequestException && !http.Response.HasStarted)
                {
                    http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                }
            }
        }
    }

    private static async Task<int> DeliverAsync<T>(IEmitter<T> emitter, T value, CancellationToken gone)
    {
        try
        {
            return PostedBody.StatusOf(await emitter.DeliverAsync(value, gone).ConfigureAwait(false));
        }
        catch (NodeFailedException)
        {
            return StatusCodes.Status500InternalServerError;
        }
        catch (Exception failure) when (failure is PipelineClosedException or PipelineFullException or ElementAbandonedException)
        {
            return StatusCodes.Status503ServiceUnavailable;
        }
    }
}
