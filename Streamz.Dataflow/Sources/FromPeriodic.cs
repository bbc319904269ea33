using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

public static partial class StreamSource
{
    /// <summary>Emits what a function returns, at once and then again and again.</summary>
    /// <remarks>
    /// <b>Order:</b> kept. <b>Buffering:</b> none. <b>Back-pressure:</b> while the pipeline is full no call is made; calls that were missed are not made
    /// up for. <b>Completion:</b> ends when the pipeline stops. <b>Faults:</b> an exception of the function stops the pipeline, unless
    /// <see cref="GraphEditing.OnError{TStream}"/> says otherwise; a retry calls it again.
    /// </remarks>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="interval">The time between two calls, which does not drift; more than zero.</param>
    /// <param name="callback">Makes an element.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of elements.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="callback"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is not more than zero.</exception>
    public static Stream<T> FromPeriodic<T>(
        TimeSpan interval,
        Func<T> callback,
        StreamOptions? options = null,
        [CallerArgumentExpression(nameof(callback))] string? expression = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(callback);
        DelegateCheck.RefuseTaskResult<T>(callback, "FromPeriodic");
        return new Stream<T>(new SourceNode<T>("from_periodic", () => new PeriodicStage<T>(interval, callback), options)
        {
            CanRestart = true,
            Details = $"{Duration.Text(interval)} {DelegateText.Of(expression)}",
        });
    }

    private sealed class PeriodicStage<T>(TimeSpan interval, Func<T> callback) : SourceStage<T>
    {
        public override async Task RunAsync(SourceContext<T> context)
        {
            var clock = context.TimeProvider;
            var began = clock.GetTimestamp();
            for (var next = TimeSpan.Zero; ;)
            {
                await context.EmitAsync(callback()).ConfigureAwait(true);
                var elapsed = clock.GetElapsedTime(began);
                next += interval * Math.Max(1, Math.Ceiling((elapsed - next) / interval));
                await context.WaitAsync(next - elapsed).ConfigureAwait(true);
            }
        }
    }
}
