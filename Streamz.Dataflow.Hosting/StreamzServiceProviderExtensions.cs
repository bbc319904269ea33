using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Hosting;

/// <summary>Gives the delegates of a pipeline scoped services.</summary>
public static class StreamzServiceProviderExtensions
{
    /// <summary>
    /// Makes a delegate that gets a service of a scope of its own at each call: for each element, or, behind <c>Partition</c>, for each batch. The scope ends with
    /// the call, whether it succeeds or fails, and disposes what it made, asynchronously where that can be; parallel calls have scopes of their own.
    /// </summary>
    /// <remarks>
    /// Write the type of the service in the lambda, and hand the result to any operator that takes an asynchronous delegate:
    /// <c>orders.MapAsync(services.Scoped((Shop shop, Order order) =&gt; shop.Price(order)))</c>. To use several services of one scope, ask for an
    /// <see cref="IServiceProvider"/>, which is that of the scope. The token is cancelled when the pipeline is aborted, and at the node's timeout.
    /// </remarks>
    /// <typeparam name="TService">The service; <see cref="IServiceProvider"/> is that of the scope.</typeparam>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="services">The services, as the definition of a pipeline gets them.</param>
    /// <param name="work">Works on one element.</param>
    /// <returns>The delegate for an operator.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="work"/> is null.</exception>
    /// <exception cref="InvalidOperationException">No service of that type is registered.</exception>
    public static Func<T, CancellationToken, Task<TResult>> Scoped<TService, T, TResult>(this IServiceProvider services, Func<TService, T, TResult> work)
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(work);
        DelegateCheck.RefuseTaskResult<TResult>(work, nameof(Scoped));
        return InScope<TService, T, TResult>(services, (service, value, _) => new(work(service, value)));
    }

    /// <inheritdoc cref="Scoped{TService, T, TResult}(IServiceProvider, Func{TService, T, TResult})"/>
    [OverloadResolutionPriority(1)]
    public static Func<T, CancellationToken, Task<TResult>> Scoped<TService, T, TResult>(this IServiceProvider services, Func<TService, T, Task<TResult>> work)
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(work);
        return InScope<TService, T, TResult>(services, (service, value, _) => new(DelegateCheck.NotNull(work(service, value))));
    }

    /// <inheritdoc cref="Scoped{TService, T, TResult}(IServiceProvider, Func{TService, T, TResult})"/>
    [OverloadResolutionPriority(2)]
    public static Func<T, CancellationToken, Task<TResult>> Scoped<TService, T, TResult>(this IServiceProvider services, Func<TService, T, ValueTask<TResult>> work)
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(work);
        return InScope<TService, T, TResult>(services, (service, value, _) => work(service, value));
    }

    /// <inheritdoc cref="Scoped{TService, T, TResult}(IServiceProvider, Func{TService, T, TResult})"/>
    [OverloadResolutionPriority(1)]
    public static Func<T, CancellationToken, Task<TResult>> Scoped<TService, T, TResult>(this IServiceProvider services, Func<TService, T, CancellationToken, Task<TResult>> work)
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(work);
        return InScope<TService, T, TResult>(services, (service, value, cancellation) => new(DelegateCheck.NotNull(work(service, value, cancellation))));
    }

    /// <inheritdoc cref="Scoped{TService, T, TResult}(IServiceProvider, Func{TService, T, TResult})"/>
    [OverloadResolutionPriority(2)]
    public static Func<T, CancellationToken, Task<TResult>> Scoped<TService, T, TResult>(this IServiceProvider services, Func<TService, T, CancellationToken, ValueTask<TResult>> work)
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(work);
        return InScope(services, work);
    }

    /// <summary>
    /// Makes a delegate without a result, for a sink, that gets a service of a scope of its own at each call: for each element, or, behind <c>Partition</c>, for
    /// each batch. The scope ends with the call, whether it succeeds or fails, and disposes what it made, asynchronously where that can be.
    /// </summary>
    /// <inheritdoc cref="Scoped{TService, T, TResult}(IServiceProvider, Func{TService, T, TResult})" path="/remarks"/>
    /// <typeparam name="TService">The service; <see cref="IServiceProvider"/> is that of the scope.</typeparam>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="services">The services, as the definition of a pipeline gets them.</param>
    /// <param name="work">Works on one element.</param>
    /// <returns>The delegate for a sink.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="work"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="work"/> is an asynchronous method that returns nothing.</exception>
    /// <exception cref="InvalidOperationException">No service of that type is registered.</exception>
    public static Func<T, CancellationToken, Task> Scoped<TService, T>(this IServiceProvider services, Action<TService, T> work)
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(work);
        DelegateCheck.RefuseAsyncVoid(work, nameof(Scoped));
        return InScope<TService, T>(services, (service, value, _) =>
        {
            work(service, value);
            return default;
        });
    }

    /// <inheritdoc cref="Scoped{TService, T}(IServiceProvider, Action{TService, T})"/>
    [OverloadResolutionPriority(1)]
    public static Func<T, CancellationToken, Task> Scoped<TService, T>(this IServiceProvider services, Func<TService, T, Task> work)
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(work);
        return InScope<TService, T>(services, (service, value, _) => new(DelegateCheck.NotNull(work(service, value))));
    }

    /// <inheritdoc cref="Scoped{TService, T}(IServiceProvider, Action{TService, T})"/>
    [OverloadResolutionPriority(2)]
    public static Func<T, CancellationToken, Task> Scoped<TService, T>(this IServiceProvider services, Func<TService, T, ValueTask> work)
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(work);
        return InScope<TService, T>(services, (service, value, _) => work(service, value));
    }

    /// <inheritdoc cref="Scoped{TService, T}(IServiceProvider, Action{TService, T})"/>
    [OverloadResolutionPriority(1)]
    public static Func<T, CancellationToken, Task> Scoped<TService, T>(this IServiceProvider services, Func<TService, T, CancellationToken, Task> work)
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(work);
        return InScope<TService, T>(services, (service, value, cancellation) => new(DelegateCheck.NotNull(work(service, value, cancellation))));
    }

    /// <inheritdoc cref="Scoped{TService, T}(IServiceProvider, Action{TService, T})"/>
    [OverloadResolutionPriority(2)]
    public static Func<T, CancellationToken, Task> Scoped<TService, T>(this IServiceProvider services, Func<TService, T, CancellationToken, ValueTask> work)
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(work);
        return InScope(services, work);
    }

    // Tasks, not value tasks: a sink takes a delegate whose task has a result as well, as that of SaveChangesAsync has.
    // Awaits come back to the scheduler that the pipeline runs on: what follows is the user's, too.
    private static Func<T, CancellationToken, Task<TResult>> InScope<TService, T, TResult>(IServiceProvider services, Func<TService, T, CancellationToken, ValueTask<TResult>> work)
        where TService : notnull
    {
        Require<TService>(services);
        return async (value, cancellation) =>
        {
            var scope = services.CreateAsyncScope();
            await using (scope.ConfigureAwait(true))
            {
                return await work(scope.ServiceProvider.GetRequiredService<TService>(), value, cancellation).ConfigureAwait(true);
            }
        };
    }

    private static Func<T, CancellationToken, Task> InScope<TService, T>(IServiceProvider services, Func<TService, T, CancellationToken, ValueTask> work)
        where TService : notnull
    {
        Require<TService>(services);
        return async (value, cancellation) =>
        {
            var scope = services.CreateAsyncScope();
            await using (scope.ConfigureAwait(true))
            {
                await work(scope.ServiceProvider.GetRequiredService<TService>(), value, cancellation).ConfigureAwait(true);
            }
        };
    }

    /// <summary>Finds at the start what would else fail at the first element.</summary>
    private static void Require<TService>(IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.GetService<IServiceProviderIsService>()?.IsService(typeof(TService)) == false)
        {
            throw new InvalidOperationException($"No service of type {typeof(TService).Name} is registered, which a delegate of the pipeline asks for. Add it to the services, with AddScoped for example.");
        }
    }
}
