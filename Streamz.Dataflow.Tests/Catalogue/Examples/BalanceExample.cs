namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Balance", Theme.Branches, "Two workers take the jobs as they are free. A job takes as many seconds as its number says.")]
internal sealed class BalanceExample : Example
{
    protected override void Build()
    {
        var jobs = Input("jobs", (1, 3), (1, 1), (1, 1));
        var clock = GivenClock();

        async Task<string> WorkAsync(int job, CancellationToken cancellation)
        {
            await Task.Delay(TimeSpan.FromSeconds(job), clock, cancellation);
            return $"job {job}";
        }

        var done = jobs.Balance(2, worker => worker.Map(WorkAsync));

        Output(done);
    }
}
