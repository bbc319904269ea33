namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Switch", Theme.Branches, "Each search gives a hit a second. A new search takes the place of the one before.")]
internal sealed class SwitchExample : Example
{
    protected override void Build()
    {
        var searches = Input("searches", (1, "a"), (3.5, "b"));
        var clock = GivenClock();

        async IAsyncEnumerable<string> FindAsync(string text)
        {
            for (var hit = 1; hit <= 3; hit++)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), clock);
                yield return $"{text}{hit}";
            }
        }

        var hits = searches.Switch(FindAsync);

        Output(hits);
    }
}
