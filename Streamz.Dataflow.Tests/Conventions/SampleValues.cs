using System.Linq.Expressions;
using System.Net;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Moq;
using Polly;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Hosting;
using Streamz.Dataflow.Stages;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Conventions;

/// <summary>Makes an acceptable value of any type that occurs in the public API.</summary>
internal static class SampleValues
{
    private static readonly LocalCluster s_cluster = new(workers: 1);
    private static readonly Lazy<OrleansCluster> s_orleans = new(() => Orleans.Clusters.StartAsync().GetAwaiter().GetResult());
    private static readonly MethodInfo s_scatter = typeof(ScatterOperator).GetMethod(nameof(ScatterOperator.Scatter))!;
    private static readonly MethodInfo s_emptyAsync = typeof(AsyncEnumerable).GetMethod(nameof(AsyncEnumerable.Empty))!;

    /// <summary>The default of an optional parameter, else a sample.</summary>
    public static object? ForArgument(ParameterInfo parameter) =>
        !parameter.HasDefaultValue ? Of(parameter.ParameterType)
        : parameter.DefaultValue is null && parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType)
        : parameter.DefaultValue;

    public static object? Of(Type type)
    {
        if (type == typeof(string))
        {
            return "text";
        }

        if (type == typeof(int) || type == typeof(TimeSpan))
        {
            return type == typeof(int) ? 1 : TimeSpan.FromSeconds(1);
        }

        if (type.IsValueType)
        {
            return Activator.CreateInstance(type);
        }

        if (type.IsArray)
        {
            return Array.CreateInstance(type.GetElementType()!, 0);
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return Lambda(type);
        }

        return Generic(type) ?? Plain(type) ?? Mocked(type);
    }

    /// <summary>Closes generic types and methods with <see cref="int"/>, or with what their constraints ask for.</summary>
    public static MethodBase Close(MethodBase definition)
    {
        var type = definition.DeclaringType!;
        var member = type.IsGenericTypeDefinition
            ? MethodBase.GetMethodFromHandle(definition.MethodHandle, Close(type).TypeHandle)!
            : definition;
        return member is MethodInfo { IsGenericMethodDefinition: true } method
            ? method.MakeGenericMethod([.. method.GetGenericArguments().Select(Argument)])
            : member;
    }

    public static string NameOf(Type type) =>
        type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>" : type.Name;

    private static Type Close(Type definition) => definition.MakeGenericType([.. definition.GetGenericArguments().Select(Argument)]);

    private static Type Argument(Type parameter) =>
        Array.Exists(parameter.GetGenericParameterConstraints(), each => each == typeof(IPipelineDefinition) || (each.IsGenericType && each.GetGenericTypeDefinition() == typeof(IPipelineDefinition<>))) ? typeof(SampleDefinition) :
        parameter.GenericParameterAttributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? typeof(Stream<int>) : typeof(int);

    private static Delegate Lambda(Type type)
    {
        var invoke = type.GetMethod("Invoke")!;
        return Expression.Lambda(type, Expression.Default(invoke.ReturnType), invoke.GetParameters().Select(parameter => Expression.Parameter(parameter.ParameterType))).Compile();
    }

    private static object? Generic(Type type)
    {
        if (!type.IsGenericType)
        {
            return null;
        }

        var definition = type.GetGenericTypeDefinition();
        var arguments = type.GetGenericArguments();
        if (definition == typeof(Stream<>))
        {
            return Activator.CreateInstance(typeof(StreamSource<>).MakeGenericType(arguments), (StreamOptions?)null);
        }

        if (definition == typeof(SinkProbe<>))
        {
            return typeof(PipelineTestHost).GetMethod(nameof(PipelineTestHost.ReplaceSink))!.MakeGenericMethod(arguments).Invoke(new PipelineTestHost(_ => { }), ["pipeline", "sink", false]);
        }

        if (definition == typeof(ClusterStream<>))
        {
            return s_scatter.MakeGenericMethod(arguments).Invoke(null, [Of(typeof(Stream<>).MakeGenericType(arguments)), s_cluster, null]);
        }

        if (definition == typeof(IAsyncEnumerable<>))
        {
            return s_emptyAsync.MakeGenericMethod(arguments).Invoke(null, null);
        }

        if (type.IsAssignableFrom(arguments[0].MakeArrayType()))
        {
            return Array.CreateInstance(arguments[0], 0);
        }

        // A node or a stage: made by its first constructor.
        var constructors = type.GetConstructors();
        return type.IsAbstract || constructors.Length == 0 ? null : constructors[0].Invoke([.. constructors[0].GetParameters().Select(ForArgument)]);
    }

    private static object? Plain(Type type)
    {
        if (type.IsAssignableFrom(typeof(StreamSource<int>)))
        {
            return new StreamSource<int>();
        }

        if (type == typeof(Pipeline))
        {
            return StreamSource.FromEnumerable<int>([]).Start();
        }

        if (type == typeof(PipelineEdit))
        {
            // Described on the calling thread.
            PipelineEdit? edit = null;
            _ = new StreamSource<int>().Map(value => value).Start().EditAsync(described => edit = described);
            return edit;
        }

        if (type == typeof(Uri))
        {
            return new Uri("ws://localhost/");
        }

        if (type == typeof(IPEndPoint))
        {
            return new IPEndPoint(IPAddress.Loopback, 0);
        }

        if (type == typeof(ErrorPolicy))
        {
            return ErrorPolicy.Retry(1);
        }

        if (type == typeof(ResiliencePipeline))
        {
            return ResiliencePipeline.Empty;
        }

        if (type == typeof(TaskScheduler))
        {
            return TaskScheduler.Default;
        }

        if (type == typeof(IServiceCollection))
        {
            return new ServiceCollection();
        }

        if (type == typeof(PipelineTestHost))
        {
            return new PipelineTestHost(_ => { });
        }

        if (type == typeof(StreamzBuilder))
        {
            return new ServiceCollection().AddStreamz();
        }

        if (type == typeof(PipelineBuilder))
        {
            return new ServiceCollection().AddStreamz().AddPipeline<int, SampleDefinition>("sample");
        }

        if (type.IsAssignableFrom(typeof(LocalCluster)))
        {
            return s_cluster;
        }

        if (type == typeof(OrleansCluster))
        {
            return s_orleans.Value;
        }

        if (type == typeof(SqliteCheckpointStore))
        {
            return new SqliteCheckpointStore("sample.db");
        }

        if (type == typeof(JsonSnapshotSerializer))
        {
            return new JsonSnapshotSerializer();
        }

        if (type == typeof(SnapshotWriter))
        {
            return new SnapshotWriter(new JsonSnapshotSerializer());
        }

        if (type == typeof(SnapshotReader))
        {
            return new SnapshotReader(new JsonSnapshotSerializer(), default);
        }

        if (type == typeof(Node))
        {
            return new OperatorNode<int, int>("sample", () => new ParallelStage<int, int>((value, _) => new(value)), 1, true);
        }

        return type is { IsAbstract: false, IsInterface: false } && type.GetConstructor([]) is { } constructor ? constructor.Invoke(null) : null;
    }

    private static object Mocked(Type type) =>
        ((Mock)Activator.CreateInstance(typeof(Mock<>).MakeGenericType(type))!).Object;

    private sealed class SampleDefinition : IPipelineDefinition<int>, IPipelineDefinition
    {
        public IStream Define() => new StreamSource<int>().Sink(_ => { });

        public void Define(StreamSource<int> source) => source.Sink(_ => { });
    }
}
