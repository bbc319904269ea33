using System.Reflection;

namespace Streamz.Dataflow.Orleans.Functions;

/// <summary>The assemblies whose methods a worker runs: those named, of what it has loaded, and of this library the adapters alone.</summary>
/// <remarks>Never those of the framework, named or not: with them a function reference could delete files or start processes.</remarks>
/// <param name="names">Simple names.</param>
internal sealed class TrustedAssemblies(IEnumerable<string> names)
{
    /// <summary>The one class of the library that holds functions for workers.</summary>
    private const string LibraryFunctions = "Streamz.Dataflow.ClusterFunctions";

    // Of the runtime, ASP.NET Core and the extensions; the file is looked at besides.
    private static readonly HashSet<string> s_frameworkTokens =
        ["B77A5C561934E089", "B03F5F7F11D50A3A", "31BF3856AD364E35", "CC7B13FFCD2DDD51", "7CEC85D7BEA7798E", "ADB9793829DDAE60"];

    private static readonly Assembly s_library = typeof(Pipeline).Assembly;

    private static readonly string? s_frameworkFolder = FolderOf(typeof(object).Assembly);

    private readonly HashSet<string> _names = new(names, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether an assembly is a part of .NET.</summary>
    public static bool IsFramework(Assembly assembly)
    {
        if (assembly == typeof(object).Assembly || s_frameworkTokens.Contains(Convert.ToHexString(assembly.GetName().GetPublicKeyToken() ?? [])))
        {
            return true;
        }

        // In a self-contained application everything is in one folder, and the folder says nothing.
        var folder = assembly.IsDynamic ? null : FolderOf(assembly);
        return folder is not null && folder == s_frameworkFolder && folder != Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
    }

    /// <summary>Whether an assembly is the one that holds the adapters.</summary>
    public static bool IsLibrary(Assembly assembly) => assembly == s_library;

    /// <summary>Why a method must not be run by its reference, whoever asks.</summary>
    /// <returns>What the method is, to follow its name; null if there is nothing against it but, perhaps, that its assembly is not trusted.</returns>
    public static string? Objection(MethodInfo method)
    {
        var assembly = method.Module.Assembly;
        if (IsFramework(assembly))
        {
            return "is a method of the framework, which workers do not run directly.";
        }

        if (method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
        {
            return "is native code, which workers do not run directly.";
        }

        return IsLibrary(assembly) && OutermostOf(method.DeclaringType)?.FullName != LibraryFunctions
            ? "is a method inside Streamz.Dataflow, which workers do not run directly."
            : null;
    }

    /// <summary>Gives an assembly of which methods may be run.</summary>
    /// <param name="name">The simple name.</param>
    /// <param name="mvid">The build that the client has.</param>
    /// <param name="display">The function, for the message.</param>
    /// <exception cref="FunctionRefusedException">The assembly is not trusted, not loaded, or of another build.</exception>
    public Assembly Find(string name, Guid mvid, string display)
    {
        if (!_names.Contains(name) && name != s_library.GetName().Name)
        {
            throw new FunctionRefusedException($"{display}: the worker does not trust the assembly '{name}'. Name it in the trusted assemblies of the worker.");
        }

        Assembly? other = null;
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (assembly.IsDynamic || !string.Equals(assembly.GetName().Name, name, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (IsFramework(assembly))
            {
                throw new FunctionRefusedException($"{display}: '{name}' is of the framework, whose methods workers do not run directly, trusted or not.");
            }

            if (assembly.ManifestModule.ModuleVersionId == mvid)
            {
                return assembly;
            }

            other = assembly;
        }

        throw new FunctionRefusedException(
            other is null
                ? $"{display}: the worker trusts '{name}', but has not loaded it. Deploy it with the worker, and use one of its types there."
                : $"{display}: the worker runs a different build of {name} (client MVID {mvid}, worker MVID {other.ManifestModule.ModuleVersionId}). "
                    + "Deploy the same binaries to clients and workers.");
    }

    private static Type? OutermostOf(Type? type)
    {
        while (type?.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type;
    }

    private static string? FolderOf(Assembly assembly) => assembly.Location is { Length: > 0 } file ? Path.GetDirectoryName(file) : null;
}
