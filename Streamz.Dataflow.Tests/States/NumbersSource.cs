using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Tests.States;

/// <summary>A source of the numbers from zero, each with a position, that goes on where the run before has stopped.</summary>
internal static class NumbersSource
{
    /// <summary>Makes the source.</summary>
    /// <param name="end">The first number that does not come any more; the source ends there, or waits.</param>
    /// <param name="options">The options of the pipeline.</param>
    /// <param name="ends">Whether it ends.</param>
    /// <param name="step">The time before each number.</param>
    /// <param name="name">The name of the source.</param>
    public static Stream<int> Create(int end, StreamOptions? options, bool ends, TimeSpan step = default, string name = "numbers") =>
        new(new SourceNode<int>(name, () => new Stage(name, end, ends, step), options));

    private sealed class Stage(string name, int end, bool ends, TimeSpan step) : SourceStage<int>
    {
        public override async Task RunAsync(SourceContext<int> context)
        {
            var partition = await context.OpenPartitionAsync(name);
            for (var next = (int)(partition.Start ?? 0); next < end; next++)
            {
                await context.WaitAsync(step);
                await context.EmitAsync(next, partition, next + 1);
            }

            if (!ends)
            {
                await context.WaitAsync(TimeSpan.FromDays(1));
            }
        }
    }
}
