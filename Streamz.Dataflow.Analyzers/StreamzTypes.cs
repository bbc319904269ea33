using Microsoft.CodeAnalysis;

namespace Streamz.Dataflow.Analyzers;

/// <summary>The types of the library, as the compilation under analysis sees them.</summary>
internal sealed class StreamzTypes
{
    private readonly INamedTypeSymbol _stream;
    private readonly INamedTypeSymbol? _clusterStream;
    private readonly INamedTypeSymbol? _emitter;
    private readonly INamedTypeSymbol? _sources;
    private readonly INamedTypeSymbol?[] _tasks;

    private StreamzTypes(Compilation compilation, INamedTypeSymbol stream)
    {
        _stream = stream;
        _clusterStream = compilation.GetTypeByMetadataName("Streamz.Dataflow.ClusterStream`1");
        _emitter = compilation.GetTypeByMetadataName("Streamz.Dataflow.IEmitter`1");
        _sources = compilation.GetTypeByMetadataName("Streamz.Dataflow.StreamSource");
        Source = compilation.GetTypeByMetadataName("Streamz.Dataflow.StreamSource`1");
        _tasks =
        [
            compilation.GetTypeByMetadataName("System.Threading.Tasks.Task"),
            compilation.GetTypeByMetadataName("System.Threading.Tasks.Task`1"),
            compilation.GetTypeByMetadataName("System.Threading.Tasks.ValueTask"),
            compilation.GetTypeByMetadataName("System.Threading.Tasks.ValueTask`1"),
        ];
    }

    public INamedTypeSymbol? Source { get; }

    /// <summary>Null where the library is not referenced; then there is nothing to analyze.</summary>
    public static StreamzTypes? Of(Compilation compilation) =>
        compilation.GetTypeByMetadataName("Streamz.Dataflow.Stream`1") is { } stream ? new StreamzTypes(compilation, stream) : null;

    public bool IsStream(ITypeSymbol? type) => ElementTypeOf(type) is not null;

    /// <summary>The type of the elements, if the type is that of a stream.</summary>
    public ITypeSymbol? ElementTypeOf(ITypeSymbol? type)
    {
        for (var each = type as INamedTypeSymbol; each is not null; each = each.BaseType)
        {
            if (Is(each, _stream) || Is(each, _clusterStream))
            {
                return each.TypeArguments[0];
            }
        }

        return null;
    }

    public bool IsEmitter(ITypeSymbol? type) =>
        type is INamedTypeSymbol named && (Is(named, _emitter) || Is(named, Source) || named.AllInterfaces.Any(each => Is(each, _emitter)));

    public bool IsTask(ITypeSymbol? type) => type is INamedTypeSymbol named && _tasks.Any(task => Is(named, task));

    /// <summary>Operators are extension methods of streams, the library's and others'; what makes a source takes delegates as well.</summary>
    public bool IsOperator(IMethodSymbol method)
    {
        var definition = method.ReducedFrom ?? method;
        return definition.IsExtensionMethod
            ? IsStream(definition.Parameters[0].Type)
            : definition.IsStatic && SymbolEqualityComparer.Default.Equals(definition.ContainingType, _sources);
    }

    private static bool Is(INamedTypeSymbol type, INamedTypeSymbol? definition) =>
        definition is not null && SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, definition);
}
