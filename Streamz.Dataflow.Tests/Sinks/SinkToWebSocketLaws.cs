using System.Collections;
using System.Globalization;
using System.Text;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Sinks;

[TestFixture("text")]
[TestFixture("bytes")]
internal sealed class SinkToWebSocketLaws(string variant) : IntLawsTests<string>
{
    private readonly List<WebSocketReceiver> _receivers = [];

    [TearDown]
    public void CloseReceivers() => _receivers.ForEach(receiver => receiver.Dispose());

    protected override IStream Build(Stream<int> source, LawProbe<string> probe)
    {
        var receiver = new WebSocketReceiver();
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

        public int Count => receiver.Count;

        public string this[int index] => receiver[index];

        public IEnumerator<string> GetEnumerator() => receiver.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
