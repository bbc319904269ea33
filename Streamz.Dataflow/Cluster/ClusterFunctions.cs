namespace Streamz.Dataflow;

/// <summary>The functions of the library that workers run: adapters around those of users. Workers run no other method of this assembly.</summary>
internal static class ClusterFunctions
{
    public static Func<T, CancellationToken, ValueTask<TResult>> Of<T, TResult>(Func<T, TResult> map) =>
        (value, _) => new ValueTask<TResult>(map(value));

    public static Func<T, CancellationToken, ValueTask<TResult>> Of<T, TResult>(Func<T, ValueTask<TResult>> map) =>
        (value, _) => map(value);
}
