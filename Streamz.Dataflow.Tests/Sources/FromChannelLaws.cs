using System.Threading.Channels;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Sources;

internal sealed class FromChannelLaws : SourceLawsTests<int>
{
    private Channel<int> _channel = Channel.CreateUnbounded<int>();
    private int _given;

    protected override IReadOnlyList<int> Items => [.. Enumerable.Range(0, 8)];

    protected override bool EndsByItself => false;

    protected override int? Taken => _given - _channel.Reader.Count;

    protected override Stream<int> Build(StreamOptions options)
    {
        _channel = Channel.CreateUnbounded<int>();
        return StreamSource.FromChannel(_channel.Reader, options);
    }

    protected override Task GiveAsync(CancellationToken cancellation)
    {
        foreach (var item in Items)
        {
            _given += _channel.Writer.TryWrite(item) ? 1 : 0;
        }

        return Task.CompletedTask;
    }

    protected override Stream<int> BuildFailing(StreamOptions options)
    {
        _channel = Channel.CreateUnbounded<int>();
        _channel.Writer.TryWrite(0);
        _channel.Writer.TryComplete(new InvalidDataException("no more"));
        return StreamSource.FromChannel(_channel.Reader, options);
    }
}
