namespace Streamz.Dataflow.Tests.Cluster;

/// <summary>
/// A cluster without workers: functions run where they are submitted. A pipeline that has settled has settled for good then, which laws rely on;
/// a worker of another thread may finish at any moment.
/// </summary>
internal sealed class InlineCluster : ICluster
{
    public ValueTask<ClusterValue<T>> ScatterAsync<T>(T value, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<ClusterValue<T>>(cancellationToken)
            : new ValueTask<ClusterValue<T>>(new Value<T>(Task.FromResult(value)));

    public ClusterValue<TResult> Submit<T, TResult>(ClusterFunction<T, TResult> function, ClusterValue<T> value, CancellationToken cancellationToken) =>
        Run(async () => await function.Invoke(await ResultOf(value), cancellationToken));

    public ClusterValue<TResult> Submit<T1, T2, TResult>(
        ClusterFunction<T1, T2, TResult> function,
        ClusterValue<T1> first,
        ClusterValue<T2> second,
        CancellationToken cancellationToken) =>
        Run(async () => await function.Invoke(await ResultOf(first), await ResultOf(second), cancellationToken));

    public ClusterValue<IReadOnlyList<T>> Collect<T>(IReadOnlyList<ClusterValue<T>> values) =>
        Run<IReadOnlyList<T>>(async () => await Task.WhenAll(values.Select(ResultOf)));

    public ClusterValue<T> OrElse<T>(ClusterValue<T> value, ClusterValue<T> otherwise) =>
        ResultOf(value).IsCompletedSuccessfully ? value : otherwise;

    public ClusterValue<T> Item<T>(ClusterValue<IReadOnlyList<T>> list, int index) =>
        Run(async () => (await ResultOf(list))[index]);

    public ValueTask<T> GatherAsync<T>(ClusterValue<T> value, CancellationToken cancellationToken) => new(ResultOf(value));

    private static Task<T> ResultOf<T>(ClusterValue<T> value) => ((Value<T>)value).Result;

    private static Value<TResult> Run<TResult>(Func<Task<TResult>> function)
    {
        var result = function();
        _ = result.Exception;
        return new Value<TResult>(result);
    }

    private sealed class Value<T>(Task<T> result) : ClusterValue<T>
    {
        public Task<T> Result { get; } = result;
    }
}
