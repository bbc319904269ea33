using System.Collections;
using System.Globalization;
using System.Text;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.AspNetCore;

[TestFixture("text")]
[TestFixture("bytes")]
internal sealed class SinkToWebSocketLaws(string variant) : IntLawsTests<string>
{
    private readonly List<WebSocketReceiver> _receivers = [];

    [TearDown]
    public async Task CloseReceiversAsync()
    {
        foreach (var receiver in _receivers)
        {
            await receiver.DisposeAsync();
        }
    }

    protected override IStream Build(Stream<int> source, LawProbe<string> probe)
    {
        var receiver = WebSocketReceiver.StartAsync().GetAwaiter().GetResult();
        _receivers.Add(receiver);
        var sink = variant == "text"
            ? source.Map(Text).SinkToWebSocket(receiver.Uri)
            : source.Map(value => Encoding.UTF8.GetBytes(Text(value))).SinkToWebSocket(receiver.Uri);
        return new Received(sink.Node, receiver);
    }

    protected override IEnumerable<string> Model(IReadOnlyList<int> inputs) => inputs.Select(Text);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>What the server was sent, as a list for the laws suite.</summary>
    private sealed class Received(Node node, WebSocketReceiver receiver) : IStream, IReadOnlyList<string>
    {
        public Node Node => node;

        public int Count => receiver.Messages.Count;

        public string this[int index] => receiver.Messages.ElementAt(index);

        public IEnumerator<string> GetEnumerator() => receiver.Messages.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
