using System.Net;
using System.Text;

namespace Streamz.Dataflow.Tests.Sources;

internal sealed class FromHttpLaws : HttpServerStageLaws<string>
{
    protected override IReadOnlyList<string> Items => Texts;

    protected override Stream<string> Build(int port, Action<Uri>? onListening, StreamOptions options) =>
        StreamSource.FromHttp(port, onListening: onListening, options: options);

    protected override Task GiveAsync(Uri address, CancellationToken cancellation) => PostAllAsync(address, Texts, cancellation);

    internal static async Task PostAllAsync(Uri address, IEnumerable<string> bodies, CancellationToken cancellation)
    {
        using var client = new HttpClient();
        foreach (var body in bodies)
        {
            using var content = new StringContent(body);
            using var answer = await client.PostAsync(address, content, cancellation);
            if (answer.StatusCode != HttpStatusCode.Accepted)
            {
                throw new HttpRequestException($"'{body}' was not taken: {answer.StatusCode}.");
            }
        }
    }
}

internal sealed class FromHttpBytesLaws : HttpServerStageLaws<byte[]>
{
    protected override IReadOnlyList<byte[]> Items => [.. Texts.Select(Encoding.UTF8.GetBytes)];

    protected override Stream<byte[]> Build(int port, Action<Uri>? onListening, StreamOptions options) =>
        StreamSource.FromHttpBytes(port, onListening: onListening, options: options);

    protected override Task GiveAsync(Uri address, CancellationToken cancellation) => FromHttpLaws.PostAllAsync(address, Texts, cancellation);
}
