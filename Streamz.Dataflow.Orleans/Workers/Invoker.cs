using System.Reflection;
using Streamz.Dataflow.Orleans.Values;

namespace Streamz.Dataflow.Orleans.Workers;

/// <summary>Calls a function with values as a worker has them. Made once for each function, so that calls need no reflection.</summary>
internal abstract class Invoker
{
    /// <summary>Calls the function, waiting for its end: a worker's thread is busy until then.</summary>
    /// <param name="inputs">What it is called with.</param>
    /// <param name="index">What it is called with besides, if it takes an index.</param>
    /// <param name="serializer">Reads values that have come as bytes.</param>
    /// <param name="cancellation">Tells the function that nobody wants its result any more.</param>
    public abstract Cell Invoke(ReadOnlySpan<Entry> inputs, int index, ValueSerializer serializer, CancellationToken cancellation);

    /// <summary>Makes the invoker of a function on one value, or on two.</summary>
    /// <param name="function">A delegate from one or two values and a token to a value task.</param>
    /// <exception cref="FunctionRefusedException">The delegate is of another shape.</exception>
    public static Invoker Create(Delegate function)
    {
        var type = function.GetType();
        var arguments = type.GetGenericArguments();
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        var shape =
            definition == typeof(Func<,,>) && arguments[1] == typeof(CancellationToken) ? Shape(arguments[0].IsSZArray ? typeof(OnAll<,>) : null, arguments[0], arguments[2])
            : definition == typeof(Func<,,,>) && arguments[2] == typeof(CancellationToken) ? Shape(null, arguments[0], arguments[1], arguments[3])
            : null;
        return shape is null
            ? throw new FunctionRefusedException($"'{function.Method}' is of type {type}, which is no function that workers run.")
            : (Invoker)Activator.CreateInstance(shape, function)!;

        Type? Shape(Type? onAll, params Type[] types)
        {
            if (types[^1] is not { IsGenericType: true } task || task.GetGenericTypeDefinition() != typeof(ValueTask<>))
            {
                return null;
            }

            var result = task.GetGenericArguments()[0];
            if (types.Length == 3)
            {
                return function.Method.GetCustomAttribute<TakesIndexAttribute>() is not null && types[1] == typeof(int)
                    ? typeof(AtIndex<,>).MakeGenericType(types[0], result)
                    : typeof(OnTwo<,,>).MakeGenericType(types[0], types[1], result);
            }

            return onAll is not null && function.Method.GetCustomAttribute<TakesAllAttribute>() is not null
                ? onAll.MakeGenericType(types[0].GetElementType()!, result)
                : typeof(OnOne<,>).MakeGenericType(types[0], result);
        }
    }

    private static Cell<TResult> Finish<TResult>(ValueTask<TResult> result) =>
        new Cell<TResult>(result.IsCompleted ? result.GetAwaiter().GetResult() : result.AsTask().GetAwaiter().GetResult());

    private sealed class OnOne<T, TResult>(Func<T, CancellationToken, ValueTask<TResult>> function) : Invoker
    {
        public override Cell Invoke(ReadOnlySpan<Entry> inputs, int index, ValueSerializer serializer, CancellationToken cancellation) =>
            Finish(function(inputs[0].Read<T>(serializer), cancellation));
    }

    private sealed class OnTwo<T1, T2, TResult>(Func<T1, T2, CancellationToken, ValueTask<TResult>> function) : Invoker
    {
        public override Cell Invoke(ReadOnlySpan<Entry> inputs, int index, ValueSerializer serializer, CancellationToken cancellation) =>
            Finish(function(inputs[0].Read<T1>(serializer), inputs[1].Read<T2>(serializer), cancellation));
    }

    private sealed class AtIndex<T, TResult>(Func<T, int, CancellationToken, ValueTask<TResult>> function) : Invoker
    {
        public override Cell Invoke(ReadOnlySpan<Entry> inputs, int index, ValueSerializer serializer, CancellationToken cancellation) =>
            Finish(function(inputs[0].Read<T>(serializer), index, cancellation));
    }

    private sealed class OnAll<T, TResult>(Func<T[], CancellationToken, ValueTask<TResult>> function) : Invoker
    {
        public override Cell Invoke(ReadOnlySpan<Entry> inputs, int index, ValueSerializer serializer, CancellationToken cancellation)
        {
            var values = new T[inputs.Length];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = inputs[i].Read<T>(serializer);
            }

            return Finish(function(values, cancellation));
        }
    }
}
