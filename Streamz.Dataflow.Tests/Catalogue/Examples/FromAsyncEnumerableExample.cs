namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("FromAsyncEnumerable", Theme.Sources, "The items go on as the sequence gives them.")]
internal sealed class FromAsyncEnumerableExample : Example
{
    protected override void Build()
    {
        var options = GivenOptions();
        var clock = GivenClock();

        async IAsyncEnumerable<string> ReadAsync()
        {
            foreach (var chapter in new[] { "I", "II", "III" })
            {
                await Task.Delay(TimeSpan.FromSeconds(1), clock);
                yield return chapter;
            }
        }

        var chapters = StreamSource.FromAsyncEnumerable(ReadAsync(), options);

        Output(chapters);
    }
}
